"""Waits that the table singles out."""

from tests.laws.scripts import event, play, sent


def test_a_wait_on_a_message_that_was_not_sent_is_skipped_with_its_else() -> None:
    script = """
        settings
            consent email when consent_email
        journey j
            on visit
                send email "first" as news
                wait up to 1 day until news.sent and days_since(news.sent_at) >= 1
                else
                    send sms "reminder"
                add tag "over"
        journey listener
            on tag_added where tag = "over"
                send push "over"
    """
    visit = event("05-14 13:00", "visit")
    assert sent(play(script, visit, push_token="t")) == ["05-14 13:00 first", "05-15 00:01 over"]
    assert sent(play(script, visit, push_token="t", consent_email=False)) == ["05-14 13:01 over"]
