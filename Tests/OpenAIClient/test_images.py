"""What OpenAI's client gets when all goes well."""

import base64
import struct
import time
import urllib.request

import pytest
from conftest import SLOW, Client
from service import Service

PNG = b"\x89PNG\r\n\x1a\n"


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    return struct.unpack(">II", png[16:24])


def test_an_image_comes_in_base64(client):
    before = int(time.time())
    reply = client.images.generate(prompt="class 1")
    assert size(base64.b64decode(reply.data[0].b64_json)) == (32, 32)
    assert before <= reply.created <= time.time() + 1
    assert (reply.size, reply.output_format, reply.background) == ("32x32", "png", "opaque")
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.total_tokens) == (1, 64, 65)
    assert reply._request_id == client.replies[0].headers["x-request-id"]


def test_the_reply_is_what_the_client_declares(client):
    reply = client.images.generate(prompt="class 1", quality="medium")
    assert reply.quality == "medium"
    type(reply).model_validate_json(client.replies[0].content, strict=True)


def test_the_same_seed_gives_the_same_image(client):
    images = [
        client.images.generate(prompt="3", model="tiny", size=request_size, extra_body={"seed": 7}).data[0].b64_json
        for request_size in ("32x32", "auto")
    ]
    assert images[0] == images[1]


def test_several_images_come_at_once_each_another(client):
    reply = client.images.generate(prompt="2", n=3, quality="low", moderation="auto", user="someone")
    assert len({image.b64_json for image in reply.data}) == 3
    assert reply.usage.output_tokens == 3 * 64


def test_an_address_can_be_opened(client):
    reply = client.images.generate(prompt="2", n=2, response_format="url")
    for image in reply.data:
        assert image.b64_json is None
        with urllib.request.urlopen(image.url) as response:
            assert size(response.read()) == (32, 32)


def test_a_sampler_may_be_given(client):
    sampler = {"preset": "gtr-16", "fts": False}
    reply = client.images.generate(prompt="2", extra_body={"sampler": sampler, "guidance": 1.5})
    assert reply.quality == "low"


def test_a_stream_ends_with_the_image_and_its_usage(client):
    events = list(client.images.generate(prompt="2", stream=True, extra_body={"seed": 7}))
    assert [event.type for event in events] == ["image_generation.completed"]
    event = type(events[0]).model_validate(events[0].model_dump(), strict=True)
    assert event.usage.output_tokens == 64
    same = client.images.generate(prompt="2", extra_body={"seed": 7})
    assert event.b64_json == same.data[0].b64_json


@pytest.fixture(scope="module")
def painter(tmp_path_factory):
    """A service with the embedded model, which is large enough to be watched."""
    with Service(tmp_path_factory.mktemp("painter"), models="models", **{"models.default": "fashion"}) as service:
        yield service


@pytest.mark.parametrize("limit", [1, 3])
def test_a_stream_shows_the_image_while_it_is_painted(painter, limit):
    with Client(painter) as client:
        *partial, completed = client.images.generate(
            prompt="sneaker", stream=True, partial_images=limit, extra_body={"sampler": SLOW}
        )
    assert completed.type == "image_generation.completed"
    assert {event.type for event in partial} == {"image_generation.partial_image"}
    assert 1 <= len(partial) <= limit
    assert [event.partial_image_index for event in partial] == list(range(len(partial)))
    images = [base64.b64decode(event.b64_json) for event in [*partial, completed]]
    assert {size(image) for image in images} == {(32, 32)}
    assert len(set(images)) == len(images)
    assert not hasattr(completed, "image_index")
    type(partial[0]).model_validate(partial[0].model_dump(), strict=True)


def test_a_stream_of_several_images_says_which_is_which(client):
    events = list(client.images.generate(prompt="2", stream=True, n=2, extra_body={"seed": 7}))
    assert [event.image_index for event in events] == [0, 1]
    assert len({event.b64_json for event in events}) == 2


def test_models_are_listed_and_found(client):
    models = client.models.list().data
    assert "tiny" in [model.id for model in models]
    found = client.models.retrieve("tiny")
    assert (found.id, found.object, found.owned_by) == ("tiny", "model", "underpaint")
    type(found).model_validate(found.model_dump(), strict=True)
