"""Which route a local file takes to a model: the user's choice."""

from __future__ import annotations

from runner.errors import UsageError
from runner.providers.hosted.client import Oxen
from runner.providers.hosted.own_host import OwnHost
from runner.providers.hosted.public_repository import PublicRepository
from runner.providers.hosted.upload_file import UploadCache, Uploader
from runner.providers.hosted.workbench import Workbench


def uploader(oxen: Oxen, cache: UploadCache) -> Uploader:
    """The route that the settings name; a public one only because they name it.

    Raises:
        UsageError: If the settings lack what the route needs.
    """
    settings = oxen.settings
    if settings.upload == "workbench":
        return Workbench(oxen, cache)
    if settings.upload == "public":
        return PublicRepository(oxen, cache)
    if settings.upload_put is None or settings.upload_get is None:
        raise UsageError('[oxen] upload = "own" needs upload_put and upload_get, in your configuration')
    return OwnHost(settings.upload_put, settings.upload_get, cache, oxen.requests.timeouts)
