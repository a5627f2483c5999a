"""Speaking to Oxen over HTTP, without policy.

Nothing here schedules, journals, or sends a paid request twice: the paid-attempt machine (`runner.submit`)
decides, and this package does what it is told and says precisely what happened. `Oxen` in `client` is the
door to the API, `EventStream` in `stream` wakes, `Downloader` in `download` fetches results; `settings` reads
where and with which key. Every failure is one of the errors in `errors`.
"""
