"""What the settings say about a key: where it is, and who else could read it."""

from __future__ import annotations

from urllib.parse import urlsplit

from halt.store.vault import State

FORGOTTEN = (
    "Forgotten, in this tab and on this device. If somebody else may have seen it, revoke it at the provider, too."
)
PLAIN_HTTP = (
    "Not possible here: this page came over plain http, and browsers offer encryption only over https and on localhost."
)
# Whose pages of different people, or of one person, share one origin by design.
_SHARED_HOSTS = (".github.io", ".gitlab.io", ".codeberg.page")


def where_it_is(*, remembered: bool, wanted: bool, under_passphrase: bool) -> str:
    """Say where the key is; ``wanted`` where it will be remembered."""
    if not remembered and wanted:
        return "Goes only to the address above."
    if not remembered:
        return "Stays in this tab's memory, goes only to the address above, and is gone when the tab closes."
    how = "encrypted with your passphrase" if under_passphrase else "as it is"
    return f"Remembered on this device, {how}. Goes only to the address above."


def forget_all(number: int) -> str:
    """Name the button that forgets all keys."""
    return f"Forget all {number:,} keys" if number > 1 else "Forget what is there"


def left_behind(before: str, now: str) -> str:
    """Say why the field is empty at another address."""
    return f"The key for {before} does not go to {now}: enter the one for {now}."


def why_none_is_shown(state: State, *, locked: bool, unreadable: bool) -> str:
    """Say why a key that is remembered does not show; empty where it does."""
    if locked:
        return "The key is remembered and locked. Unlock it, or leave it: the first Send asks for the passphrase."
    if state is State.NEWER:
        return "A newer version of Halt remembers keys here, which this one can't read. Reload the page to get it."
    if unreadable or state is State.DAMAGED:
        return "What was remembered is damaged and can't be read. Enter the key again."
    return ""


def what_remembering_means(page_origin: str) -> str:
    """Say who can read what is remembered by a page of that origin."""
    host = urlsplit(page_origin).hostname or ""
    if not host:
        who = "Any page that is opened from this disk"
    elif host.endswith(_SHARED_HOSTS):
        who = f"Every page under {page_origin}, so all projects of that account,"
    else:
        who = f"Any page under {page_origin}"
    return (
        f"Kept in this browser until you forget it. {who} could read it, and so could browser extensions and whoever "
        "uses this computer as you. A passphrase encrypts it."
    )


def what_a_passphrase_does(possible: bool, *, in_force: bool) -> str:
    """Say what a passphrase is good for, or why there can be none."""
    if not possible:
        return PLAIN_HTTP
    begin = "A passphrase is set; what you type here takes its place. " if in_force else ""
    return (
        f"{begin}One for all remembered keys, asked for once a visit, when a key is needed. Take several words: a "
        "short one is soon guessed. It can't be recovered; who forgets it enters the keys again."
    )
