"""Asks a running server with OpenAI's official Python client, as a user of that client would.

Usage: openai_client.py BASE_URL, where BASE_URL ends in /v1 and the server's knowledge is
tests/data/kb. Each function named check_* is one check; the script prints which failed and why,
then "N passed, N failed", and exits with 1 if any failed. `scripts/test-clients` runs it.
"""

import asyncio
import math
import sys
import time
import traceback
import urllib.request

import openai

LOCAL_MODEL = "microgpt-135m"
ENCODER = "all-minilm-l6-v2"
FAQ_QUESTION = "What do you charge for delivery?"
FAQ_ANSWER = "Standard shipping costs 4.90 euros, and is free from 50 euros."
DOCUMENT_QUESTION = "How often should the Heron kettle be descaled?"


def user(text):
    return [{"role": "user", "content": text}]


def refusal(kind, call):
    """The error of `kind` that `call` must raise."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"nothing was refused; expected {kind.__name__}")


def check_a_whole_answer(client):
    answer = client.chat.completions.create(model="auto", messages=user(FAQ_QUESTION))
    assert answer.object == "chat.completion" and answer.id.startswith("chatcmpl-"), answer
    assert abs(answer.created - time.time()) < 60, answer.created
    choice = answer.choices[0]
    assert choice.message.role == "assistant" and choice.finish_reason == "stop", choice
    assert choice.message.content == FAQ_ANSWER, choice.message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    outcome = answer.model_extra["microgpt"]
    assert outcome["route"] in ("faq", "cache") and not outcome["degraded"], outcome
    assert outcome["sources"][0]["id"] == "shipping-cost", outcome


def check_an_answer_from_a_document_names_its_source(client):
    answer = client.chat.completions.create(model="knowledge", messages=user(DOCUMENT_QUESTION))
    outcome = answer.model_extra["microgpt"]
    assert outcome["route"] == "knowledge", outcome
    assert outcome["sources"][0]["source"] == "kettle.md", outcome


def check_route_and_request_id_are_in_the_headers(client):
    completions = client.chat.completions.with_raw_response
    headers = {"x-request-id": "client-check-1"}
    response = completions.create(model="auto", messages=user(FAQ_QUESTION), extra_headers=headers)
    assert response.headers["x-microgpt-route"] in ("faq", "cache"), response.headers
    assert 0 <= float(response.headers["x-microgpt-confidence"]) <= 1, response.headers
    assert response.headers["x-request-id"] == "client-check-1", response.headers
    assert response.parse().choices[0].message.content == FAQ_ANSWER


def check_a_stream_with_usage(client):
    stream = client.chat.completions.create(
        model="auto",
        messages=user(FAQ_QUESTION),
        stream=True,
        stream_options={"include_usage": True},
    )
    *chunks, last = list(stream)
    assert last.choices == [] and last.usage.total_tokens >= 0, last
    assert all(chunk.usage is None for chunk in chunks), "usage belongs to the last chunk"
    for name in ("id", "created", "model", "object"):
        assert len({getattr(chunk, name) for chunk in [*chunks, last]}) == 1, name
    assert chunks[0].choices[0].delta.role == "assistant", chunks[0]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == FAQ_ANSWER
    reasons = [chunk.choices[0].finish_reason for chunk in chunks]
    assert reasons[-1] == "stop" and not any(reasons[:-1]), reasons
    assert any("microgpt" in chunk.model_extra for chunk in chunks), "the outcome is not in the stream"


def check_a_stream_of_the_local_model(client):
    sampling = {"max_tokens": 16, "temperature": 0, "seed": 7}
    stream = client.chat.completions.create(
        model=LOCAL_MODEL, messages=user("Name three colours."), stream=True, **sampling
    )
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    whole = client.chat.completions.create(
        model=LOCAL_MODEL, messages=user("Name three colours."), **sampling
    )
    assert streamed and streamed == whole.choices[0].message.content, streamed
    assert 0 < whole.usage.completion_tokens <= 16, whole.usage


def check_roles_and_a_history_are_taken(client):
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello, how can I help?"},
        {"role": "user", "content": [{"type": "text", "text": FAQ_QUESTION}]},
    ]
    answer = client.chat.completions.create(model="auto", messages=messages)
    assert answer.choices[0].message.content == FAQ_ANSWER, answer


def check_the_models_are_listed(client):
    names = {model.id for model in client.models.list()}
    assert {"auto", "knowledge", "escalate", LOCAL_MODEL} <= names, names
    assert client.models.retrieve("auto").id == "auto"


def check_embeddings_as_the_client_asks_for_them(client):
    # Without `encoding_format` this client asks for base64 and decodes it.
    texts = ["a kettle", "boiling water", "a tax return"]
    found = client.embeddings.create(model=ENCODER, input=texts)
    vectors = [item.embedding for item in found.data]
    assert [item.index for item in found.data] == [0, 1, 2] and found.usage.prompt_tokens > 0
    assert all(len(vector) == 384 for vector in vectors)
    assert all(abs(math.hypot(*vector) - 1) < 1e-3 for vector in vectors)
    near, far = dot(vectors[0], vectors[1]), dot(vectors[0], vectors[2])
    assert near > far, (near, far)


def check_embeddings_as_numbers_are_the_same(client):
    numbers = client.embeddings.create(model=ENCODER, input="a kettle", encoding_format="float")
    decoded = client.embeddings.create(model=ENCODER, input="a kettle")
    pairs = zip(numbers.data[0].embedding, decoded.data[0].embedding)
    assert all(abs(a - b) < 1e-5 for a, b in pairs)


def check_an_unknown_model_is_not_found(client):
    call = lambda: client.chat.completions.create(model="nobody", messages=user("x"))
    error = refusal(openai.NotFoundError, call)
    assert error.code == "model_not_found" and error.param == "model", error
    assert "nobody" in error.message and "auto" in error.message, error.message
    refusal(openai.NotFoundError, lambda: client.models.retrieve("nobody"))


def check_a_bad_temperature_is_a_bad_request(client):
    call = lambda: client.chat.completions.create(model="auto", messages=user("x"), temperature=9)
    error = refusal(openai.BadRequestError, call)
    assert error.param == "temperature" and error.type == "invalid_request_error", error
    assert "temperature" in error.message and "2" in error.message, error.message


def check_no_messages_are_a_bad_request(client):
    call = lambda: client.chat.completions.create(model="auto", messages=[])
    assert refusal(openai.BadRequestError, call).param == "messages"


def check_a_bad_stream_request_fails_before_the_stream(client):
    call = lambda: client.chat.completions.create(model="nobody", messages=user("x"), stream=True)
    refusal(openai.NotFoundError, call)


def check_a_message_that_is_too_long_is_refused(client):
    call = lambda: client.chat.completions.create(model="auto", messages=user("a" * 40_000))
    assert refusal(openai.APIStatusError, call).status_code == 413


def check_the_asynchronous_client(client):
    async def ask():
        async with openai.AsyncOpenAI(base_url=client.base_url, api_key="none", max_retries=0) as asynchronous:
            create = asynchronous.chat.completions.create
            asked = [create(model="auto", messages=user(FAQ_QUESTION)) for _ in range(4)]
            stream = await create(model="auto", messages=user(FAQ_QUESTION), stream=True)
            text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
            return [answer.choices[0].message.content for answer in await asyncio.gather(*asked)] + [text]

    assert set(asyncio.run(ask())) == {FAQ_ANSWER}


def check_hanging_up_ends_the_request(client):
    stream = client.chat.completions.create(
        model=LOCAL_MODEL,
        messages=user("Count from 1 to 500 in words, one number a line."),
        max_tokens=1500,
        stream=True,
    )
    with stream:
        seen = [chunk for chunk, _ in zip(stream, range(3))]
    assert not any(chunk.choices[0].finish_reason for chunk in seen), "it was over too soon to tell"
    deadline = time.monotonic() + 2
    while active_requests(client) > 1:  # the one that asks for the figure
        assert time.monotonic() < deadline, "2 s after the client hung up its request is still answered"
        time.sleep(0.05)
    answer = client.chat.completions.create(model="auto", messages=user(FAQ_QUESTION))
    assert answer.choices[0].message.content == FAQ_ANSWER


def active_requests(client):
    metrics = str(client.base_url).removesuffix("/").removesuffix("/v1") + "/metrics"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    lines = direct.open(metrics).read().decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith("http_server_active_requests"))


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def main():
    client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0, timeout=60)
    checks = [item for name, item in globals().items() if name.startswith("check_")]
    failed = 0
    for check in checks:
        name = check.__name__.removeprefix("check_").replace("_", " ")
        try:
            check(client)
            print(f"ok      {name}")
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc()}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
