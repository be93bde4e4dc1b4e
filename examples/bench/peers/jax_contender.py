"""JAX, jitted, on all cores."""

from serve import gradients, phases, read_bundle, serve  # first: it limits the cores
import jax
import jax.numpy as jnp
import numpy as np
from vit_jax import log_psi_of


def prepare(question):
    task = question["task"]
    jax.config.update("jax_enable_x64", task["precision"] == "float64")
    dtype = jnp.dtype(task["precision"])
    tensors, configurations = read_bundle(question["bundle"])
    params = {name: jnp.asarray(x, dtype) for name, x in tensors.items()}
    sigma = jnp.asarray(configurations[: question["batch"]], dtype)
    log_psi = log_psi_of(task["model"])

    def amplitude(p, s):
        return log_psi(p, s)[0]

    def total(p, s):
        return jax.vmap(amplitude, (None, 0))(p, s).sum()

    work = {
        "forward": lambda: jax.vmap(log_psi, (None, 0)),
        "gradient": lambda: jax.grad(total),
        "perSample": lambda: jax.vmap(jax.grad(amplitude), (None, 0)),
    }[task["work"]]()
    compiled = jax.jit(work)

    def run():
        jax.block_until_ready(compiled(params, sigma))

    def numbers():
        out = compiled(params, sigma)
        if task["work"] == "forward":
            return phases(*out)
        return gradients(task["work"], [np.asarray(out[name]) for name in params])

    return {"version": f"JAX {jax.__version__}", "run": run, "numbers": numbers}


serve(prepare)
