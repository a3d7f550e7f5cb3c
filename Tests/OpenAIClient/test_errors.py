"""What OpenAI's client raises, and how often it asks."""

import openai
import pytest
from conftest import ENDLESS, SLOW, Client
from service import Service


@pytest.mark.parametrize(
    ("param", "code", "arguments"),
    [
        ("prompt", "invalid_value", {"prompt": "a cat in space"}),
        ("n", "invalid_value", {"n": 11}),
        ("size", "invalid_value", {"size": "1024x1024"}),
        ("quality", "invalid_value", {"quality": "hd"}),
        ("background", "invalid_value", {"background": "transparent"}),
        ("output_format", "invalid_value", {"output_format": "webp"}),
        ("style", "unknown_parameter", {"style": "vivid"}),
        ("partial_images", "invalid_value", {"stream": True, "partial_images": 4}),
        ("seed", "invalid_type", {"extra_body": {"seed": "seven"}}),
    ],
)
def test_a_bad_parameter_is_a_bad_request(client, param, code, arguments):
    with pytest.raises(openai.BadRequestError) as raised:
        client.images.generate(**{"prompt": "1", **arguments})
    assert (raised.value.param, raised.value.code) == (param, code)
    assert raised.value.type == "invalid_request_error"
    assert param in raised.value.message
    assert len(client.replies) == 1


def test_a_missing_prompt_is_a_bad_request(client):
    with pytest.raises(openai.BadRequestError) as raised:
        client.post("/images/generations", body={}, cast_to=object)
    assert (raised.value.param, raised.value.code) == ("prompt", "missing_required_parameter")


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as raised:
        client.images.generate(prompt="1", model="gpt-image-1")
    assert (raised.value.param, raised.value.code) == ("model", "model_not_found")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-image-1")


def test_a_wrong_method_is_an_error_of_its_status(client):
    with pytest.raises(openai.APIStatusError) as raised:
        client.get("/images/generations", cast_to=object)
    assert (raised.value.status_code, raised.value.code) == (405, "method_not_allowed")


def test_too_much_work_cannot_be_processed(tmp_path):
    with Service(tmp_path, **{"limits.max_work": 1}) as service, Client(service) as client:
        with pytest.raises(openai.UnprocessableEntityError) as raised:
            client.images.generate(prompt="1", n=10, quality="high")
        assert raised.value.code == "too_much_work"
        assert len(client.replies) == 1


def test_images_that_take_too_long_are_given_up_and_not_asked_for_again(tmp_path):
    with Service(tmp_path, **{"api.max_wait_s": 1}) as service, Client(service) as client:
        ahead = service.submit(**ENDLESS)
        with pytest.raises(openai.InternalServerError) as raised:
            client.images.generate(prompt="1")
        assert (raised.value.status_code, raised.value.code) == (503, "not_finished")
        assert len(client.replies) == 1
        service.cancel(ahead)
        service.wait_for(service.is_idle)


def test_a_stopping_service_tells_those_that_wait(tmp_path):
    with Service(tmp_path) as service:
        service.submit(**ENDLESS)
        service.wait_for(service.is_busy)
        with Client(service, max_retries=0) as client:
            stream = client.images.generate(prompt="1", stream=True)
            service.process.terminate()
            with pytest.raises(openai.APIError) as raised:
                list(stream)
        assert raised.value.code == "not_ready"


class TestAFullService:
    @pytest.fixture
    def jobs(self, small_service):
        """Fills the service: one job runs, one waits."""
        jobs = [small_service.submit(**ENDLESS)]
        small_service.wait_for(small_service.is_busy)
        jobs.append(small_service.submit())
        yield jobs
        for job in jobs:
            small_service.cancel(job)
        small_service.wait_for(small_service.is_idle)

    def test_is_a_rate_limit(self, small_service, jobs):
        with Client(small_service, max_retries=0) as client:
            with pytest.raises(openai.RateLimitError) as raised:
                client.images.generate(prompt="1")
        assert (raised.value.type, raised.value.code) == ("rate_limit_error", "rate_limit_exceeded")
        headers = raised.value.response.headers
        assert 100 <= int(headers["retry-after-ms"]) <= int(headers["retry-after"]) * 1000

    def test_is_asked_again_when_it_said_and_not_for_ever(self, small_service, jobs, monkeypatch):
        slept = []
        monkeypatch.setattr("openai._base_client.time.sleep", slept.append)
        with Client(small_service) as client:
            with pytest.raises(openai.RateLimitError):
                client.images.generate(prompt="1")
        assert len(client.replies) == 3
        assert slept == [int(reply.headers["retry-after-ms"]) / 1000 for reply in client.replies[:2]]

    def test_that_is_free_later_gives_the_image(self, small_service, jobs, monkeypatch):
        # The time until the next attempt passes at once, and by then there is room.
        monkeypatch.setattr("openai._base_client.time.sleep", lambda _: None)

        def make_room(reply):
            if reply.status_code == 429:
                for job in jobs:
                    small_service.cancel(job)

        with Client(small_service, on_reply=make_room) as client:
            assert client.images.generate(prompt="1").data[0].b64_json
        assert [reply.status_code for reply in client.replies] == [429, 200]


class TestAClientThatLeaves:
    @pytest.fixture
    def ahead(self, service):
        """A job that those of the client have to wait for."""
        job = service.submit(**ENDLESS)
        service.wait_for(service.is_busy)
        yield job
        service.cancel(job)
        service.wait_for(service.is_idle)

    def test_takes_the_jobs_of_all_its_attempts_with_it(self, service, ahead):
        with Client(service, timeout=0.5, max_retries=1) as client:
            with pytest.raises(openai.APITimeoutError):
                client.images.generate(prompt="1")
        service.wait_for(lambda: service.log().count("cancelled: the client is gone") == 2)

    def test_takes_the_job_of_its_stream_with_it(self, service, ahead):
        with Client(service) as client:
            client.images.generate(prompt="1", stream=True).close()
        service.wait_for(lambda: service.log().count("cancelled: its stream has ended") == 1)

    def test_finds_its_job_again_by_its_key(self, service, ahead):
        key = {"Idempotency-Key": "a key that nobody guesses"}
        with Client(service, timeout=0.5, max_retries=0) as client:
            with pytest.raises(openai.APITimeoutError):
                client.images.generate(prompt="1", extra_headers=key)
        service.cancel(ahead)
        with Client(service) as client:
            first = client.images.generate(prompt="1", extra_headers=key)
            again = client.images.generate(prompt="1", extra_headers=key)
            assert first.data[0].b64_json == again.data[0].b64_json
            with pytest.raises(openai.UnprocessableEntityError) as raised:
                client.images.generate(prompt="2", extra_headers=key)
        assert raised.value.code == "idempotency_conflict"
        assert len(client.replies) == 3
