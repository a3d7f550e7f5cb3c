"""Puts what the service really has in place of made-up names, so that good data gets as far as a job.

What has the right form is replaced by something of the right form, and what has not is left: bad data stays bad.
"""

import os
import re

import schemathesis

JOB = os.environ["CONTRACT_JOB"]


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        name = body.get("class")
        if isinstance(name, str) or type(name) is int and name >= 0:
            body["class"] = 0
        if isinstance(body.get("model"), str):
            body["model"] = "tiny"
    return body


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters:
        identity = path_parameters.get("id")
        # Half of them stay unknown.
        if isinstance(identity, str) and re.fullmatch("gen_[0-9a-hjkmnp-tv-z]{26}", identity):
            if ord(identity[-1]) % 2 == 0:
                path_parameters["id"] = JOB
                if path_parameters.get("n") in range(100):
                    path_parameters["n"] = 0
        if isinstance(path_parameters.get("name"), str) and len(path_parameters["name"]) % 2 == 0:
            path_parameters["name"] = "tiny"
    return path_parameters
