"""``/v1`` through the real ``openai`` client against the real server."""

from collections.abc import Iterator

import openai
import pytest

from tests.serving import NOTICE, QUESTION, shared_assistant, shared_server
from web.contact import contact
from web.openai_api import message_text


@pytest.fixture(scope="module")
def client() -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{shared_server()}/v1", api_key="none", max_retries=0) as client:
        yield client


def test_the_one_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["tongbao"]
    assert client.models.retrieve("tongbao").owned_by == "tongbao"


def test_an_answer_holds_its_quote_and_its_citations(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(
        model="tongbao",
        messages=[
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
        temperature=0.2,
    )
    text = completion.choices[0].message.content or ""
    assert completion.choices[0].finish_reason == "stop"
    assert "由15分钟简化为5分钟" in text
    assert f"/notice/{NOTICE}#37.2" in text
    assert "2024-12-31" in text
    extra = completion.model_extra or {}
    assert extra["status"] == "answered"
    assert extra["citations"][0]["id"] == f"{NOTICE}/37.2"


def test_a_stream_brings_the_same_text_in_pieces(client: openai.OpenAI) -> None:
    messages: list[openai.types.chat.ChatCompletionMessageParam] = [
        {"role": "user", "content": QUESTION}
    ]
    whole = client.chat.completions.create(model="tongbao", messages=messages)
    chunks = list(
        client.chat.completions.create(
            model="tongbao",
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces) == whole.choices[0].message.content
    last = [chunk for chunk in chunks if chunk.choices][-1]
    assert last.choices[0].finish_reason == "stop"
    assert (last.model_extra or {})["citations"][0]["id"] == f"{NOTICE}/37.2"
    assert chunks[-1].usage is not None


def test_earlier_user_messages_are_the_history(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(
        model="tongbao",
        messages=[
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": "通报写明……"},
            {"role": "user", "content": "还有呢"},
        ],
    )
    assert (completion.model_extra or {})["citations"][0]["id"].startswith(f"{NOTICE}/37.")


def test_a_refusal_reaches_the_client_with_its_code(client: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.chat.completions.create(
            model="tongbao", messages=[{"role": "user", "content": "问" * 301}]
        )
    assert refused.value.code == "question_too_long"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(
            model="tongbao", messages=[{"role": "system", "content": "hello"}]
        )


def test_an_emergency_is_answered_with_the_numbers_alone() -> None:
    given = shared_assistant().ask("我不想活了")
    text = message_text(given, contact(next(iter(shared_assistant().notices.values()))), "http://x")
    assert text == given.opening
    assert "120" in text
    assert "2965034" not in text
