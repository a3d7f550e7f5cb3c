import openai
import pytest

from service import Service

# Slow enough to be looked at.
SLOW = {"preset": "mar-64", "diffusion_steps": {"max": 1000, "min": 1000}}
# A job, not by OpenAI's route, that takes longer than any test.
ENDLESS = {"count": 256, "sampler": SLOW}


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture(scope="session")
def small_service(tmp_path_factory):
    """A service where one job may wait, which knows how fast it is."""
    with Service(tmp_path_factory.mktemp("small"), **{"queue.limit": 1}) as service:
        service.submit()
        service.wait_for(service.is_idle)
        yield service


class Client(openai.OpenAI):
    """OpenAI's client, with the replies that it got in `replies`, those it retried too."""

    def __init__(self, service: Service, on_reply=None, **options):
        self.replies = []

        def note(reply):
            self.replies.append(reply)
            if on_reply:
                on_reply(reply)

        http_client = openai.DefaultHttpxClient(event_hooks={"response": [note]})
        super().__init__(base_url=service.address + "/v1", api_key="none", http_client=http_client, **options)


@pytest.fixture
def client(service):
    with Client(service) as client:
        yield client
    service.wait_for(service.is_idle)
