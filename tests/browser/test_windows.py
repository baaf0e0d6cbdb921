"""Two windows of one browser: a reply is shown live in both, and Stop works in both."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage


def test_a_reply_runs_in_one_window_and_is_followed_and_stopped_in_another(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S6, S7, S10, S18, S23: and what the owner leaves behind when it is closed is interrupted, not lost."""
    owner, follower = visitor, HaltPage(visitor.page.context.new_page(), visitor.url)
    owner.open()
    owner.connect(provider)
    provider.answer(*[Answer(text=endless("word "), tokens_per_second=100) for _ in range(2)])
    owner.ask("Go")
    exchange = provider.wait_request()
    follower.open()
    follower.connect(provider)
    follower.page.get_by_role("button", name="Go, generating").click()
    follower.expect_status("streaming")
    follower.expect_button("stop")
    exchange.wait_chunks(len(exchange.sent_text.split()) + 50)
    follower.message.fill("This stays.")
    frozen = follower.page.evaluate(
        """() => new Promise(done => {
            const body = [...document.querySelectorAll('[data-testid=body].body')].at(-1)
            document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))
            const text = body.innerText
            setTimeout(() => done([text, body.innerText]), 600)
        })"""
    )
    assert frozen[0] == frozen[1] != ""
    exchange.wait_left()
    owner.expect_status("stopped")
    follower.expect_status("stopped")
    assert owner.body.inner_text().startswith(frozen[0])
    expect(owner.message).to_have_value("This stays.")
    kept = owner.stored_text()
    for _ in range(50):  # the owner's end comes a moment later; what it wrote meanwhile is kept, and not shown
        if follower.stored_text() == kept:
            break
    assert follower.stored_text() == kept

    owner.ask("Again")
    second = provider.wait_request(2)
    follower.expect_status("streaming")
    second.wait_chunks(50)
    expect(follower.message).to_have_value("")
    owner.page.close()
    second.wait_left()
    follower.expect_status("interrupted")
    kept = follower.stored_text()
    assert kept
    assert second.sent_text.startswith(kept)
    assert follower.titles() == ["Go"]
    assert owner.faults == follower.faults == []
