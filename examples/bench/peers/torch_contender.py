"""PyTorch: torch.func on all threads; compiled where there is a compiler for it."""

from serve import gradients, phases, read_bundle, serve  # first: it limits the cores
import shutil

import numpy as np
import torch
from torch.func import grad, vmap
from lattice import relative_indices


def log_psi_of(model):
    """(params, sigma [sites]) to (Re, Im) of log psi, as vit_jax.py."""
    lx, ly = model["lattice"]
    b, dim, heads = model["patch"], model["dim"], model["heads"]
    gx, gy = lx // b, ly // b
    n = gx * gy
    relative = torch.from_numpy(relative_indices((gx, gy)).ravel())

    def norm(p, name, x):
        scale, bias = p[f"{name}.scale"], p[f"{name}.bias"]
        return torch.nn.functional.layer_norm(x, x.shape[-1:], scale, bias, 1e-6)

    def dense(p, name, x):
        return x @ p[f"{name}.kernel"] + p[f"{name}.bias"]

    def block(p, name, x):
        y = norm(p, f"{name}.attend.norm", x)
        attention = f"{name}.attend.attention"
        v = dense(p, f"{attention}.value", y).reshape(n, heads, dim // heads)
        weights = p[f"{attention}.form.p"].index_select(1, relative)
        alpha = weights.reshape(heads, n, n)
        attended = torch.einsum("hij,jhr->ihr", alpha, v).reshape(n, dim)
        x = x + dense(p, f"{attention}.mix", attended)
        up = dense(p, f"{name}.feed.mlp.up", norm(p, f"{name}.feed.norm", x))
        hidden = torch.nn.functional.gelu(up, approximate="tanh")
        return x + dense(p, f"{name}.feed.mlp.down", hidden)

    def log_cosh(a, b):
        m = a.abs()
        t = torch.exp(-2 * m)
        modulus2 = torch.expm1(-2 * m) ** 2 + 4 * t * torch.cos(b) ** 2
        re = m - np.log(2) + 0.5 * torch.log(modulus2)
        return re, torch.atan2(torch.tanh(a) * torch.sin(b), torch.cos(b))

    def log_psi(p, sigma):
        patches = sigma.reshape(gx, b, gy, b).permute(0, 2, 1, 3).reshape(n, b * b)
        x = dense(p, "embed", patches)
        for layer in range(model["layers"]):
            x = block(p, f"encoder[{layer}]", x)
        z = norm(p, "head.norm", x.sum(0))
        re = norm(p, "head.reNorm", dense(p, "head.re", z))
        im = norm(p, "head.imNorm", dense(p, "head.im", z))
        amplitude, phase = log_cosh(re, im)
        return amplitude.sum(), phase.sum()

    return log_psi


def prepare(question):
    task = question["task"]
    torch.set_num_threads(question["threads"])
    dtype = getattr(torch, task["precision"])
    tensors, configurations = read_bundle(question["bundle"])
    params = {
        name: torch.from_numpy(x.copy()).to(dtype) for name, x in tensors.items()
    }
    sigma = torch.from_numpy(configurations[: question["batch"]].copy()).to(dtype)
    log_psi = log_psi_of(task["model"])

    def amplitude(p, s):
        return log_psi(p, s)[0]

    def total(p, s):
        return vmap(amplitude, (None, 0))(p, s).sum()

    f = {
        "forward": lambda: vmap(log_psi, (None, 0)),
        "gradient": lambda: grad(total),
        "perSample": lambda: vmap(grad(amplitude), (None, 0)),
    }[task["work"]]()
    compiling = shutil.which("g++") is not None
    work = torch.compile(f) if compiling else f

    def run():
        if task["work"] == "forward":
            with torch.no_grad():
                return work(params, sigma)
        return work(params, sigma)

    def numbers():
        out = run()
        if task["work"] == "forward":
            return phases(*(x.numpy() for x in out))
        return gradients(task["work"], [out[name].numpy() for name in params])

    how = "compiled" if compiling else "eager"
    version = f"PyTorch {torch.__version__}, {how}"
    return {"version": version, "run": run, "numbers": numbers}


serve(prepare)
