"""An audit, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.views.words import count_of, price_of, printable

if TYPE_CHECKING:
    from runner.audit import Audit


def audit_text(audit: Audit) -> str:
    """What `reel audit` prints."""
    sums = f"{price_of(audit.journal)} by the journal, {price_of(audit.provider)} by the provider"
    lines = [*map(printable, audit.differences), f"{count_of(audit.compared, 'job')} compared: {sums}"]
    if audit.elsewhere:
        lines.append(f"{count_of(audit.elsewhere, 'job')} more with a tag of reelmake's, of other recipes")
    if audit.other_accounts:
        lines.append(f"{count_of(audit.other_accounts, 'job')} under other accounts: not compared")
    lines.append(count_of(len(audit.differences), "difference") if audit.differences else "no difference")
    return "\n".join(lines)
