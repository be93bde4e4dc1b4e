"""A contender's side of the conversation: one JSON object a line, see ../protocol.ts."""

import base64
import json
import os
import resource
import sys
import time

# Thread pools are as large as the cores they may use.
if "BENCH_THREADS" in os.environ:
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[: int(os.environ["BENCH_THREADS"])])

import numpy as np  # noqa: E402

KINDS = {"F64": np.float64, "F32": np.float32, "I8": np.int8}


def read_bundle(path):
    """Tensors of a safetensors file by name, in the order of the file."""
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (start + k for k in entry["data_offsets"])
        values = np.frombuffer(data[begin:end], KINDS[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    configurations = tensors.pop("sigma")
    return tensors, configurations


def serve(prepare):
    """prepare(question) gives { version, run, numbers, details? }; run must wait for its results.

    details() returns a dictionary, which is sent along with the time of the last call.
    """
    # Whatever libraries print goes to stderr; stdout is for answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    ready = None
    for line in sys.stdin:
        question = json.loads(line)
        ask = question["ask"]
        try:
            if ask == "prepare":
                ready = None
                ready = prepare(question)
                answer = {"version": ready["version"]}
            elif ask == "run":
                start = time.perf_counter()
                for _ in range(question["calls"]):
                    ready["run"]()
                seconds = (time.perf_counter() - start) / question["calls"]
                answer = {"seconds": seconds, **ready.get("details", dict)()}
            elif ask == "numbers":
                values = np.ascontiguousarray(ready["numbers"](), dtype=np.float64)
                answer = {"numbers": base64.b64encode(values.tobytes()).decode()}
            else:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                answer = {"peakBytes": peak * 1024}
        except Exception as error:  # the bench drops whoever fails, and says why
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
        if ask == "quit":
            os._exit(0)


def phases(log_psi_re, log_psi_im):
    """Numbers of a forward pass: a phase is known up to 2 pi."""
    im = np.asarray(log_psi_im)
    return np.concatenate([np.asarray(log_psi_re), np.cos(im), np.sin(im)])


def gradients(work, leaves):
    """Numbers of a gradient, leaves in the order of the bundle; of rows the first and the last."""
    if work == "gradient":
        return np.concatenate([leaf.ravel() for leaf in leaves])
    return np.concatenate([leaf[k].ravel() for k in (0, -1) for leaf in leaves])
