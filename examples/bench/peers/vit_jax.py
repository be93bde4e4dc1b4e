"""The wave function of models/waves/vit.ts in JAX, for one configuration: parameters by their paths."""

import jax
import jax.numpy as jnp
import numpy as np
from lattice import relative_indices


def log_cosh(a, b):
    """log cosh(a + ib) = log |cosh| + i arg, as in core/programs/complex.ts; no complex numbers needed."""
    m = jnp.where(a < 0, -a, a)
    t = jnp.exp(-2 * m)
    modulus2 = jnp.expm1(-2 * m) ** 2 + 4 * t * jnp.cos(b) ** 2
    re = m - np.log(2) + 0.5 * jnp.log(modulus2)
    return re, jnp.arctan2(jnp.tanh(a) * jnp.sin(b), jnp.cos(b))


def log_psi_of(model):
    """(params, sigma [sites]) to (Re, Im) of log psi."""
    lx, ly = model["lattice"]
    b, dim, heads = model["patch"], model["dim"], model["heads"]
    gx, gy = lx // b, ly // b
    n = gx * gy
    relative = relative_indices((gx, gy))

    def norm(p, name, x):
        centred = x - x.mean(-1, keepdims=True)
        variance = (centred**2).mean(-1, keepdims=True)
        unit = centred * jax.lax.rsqrt(variance + 1e-6)
        return unit * p[f"{name}.scale"] + p[f"{name}.bias"]

    def dense(p, name, x):
        return x @ p[f"{name}.kernel"] + p[f"{name}.bias"]

    def block(p, name, x):
        y = norm(p, f"{name}.attend.norm", x)
        attention = f"{name}.attend.attention"
        v = dense(p, f"{attention}.value", y).reshape(n, heads, dim // heads)
        alpha = p[f"{attention}.form.p"][:, relative]
        attended = jnp.einsum("hij,jhr->ihr", alpha, v).reshape(n, dim)
        x = x + dense(p, f"{attention}.mix", attended)
        hidden = dense(p, f"{name}.feed.mlp.up", norm(p, f"{name}.feed.norm", x))
        return x + dense(p, f"{name}.feed.mlp.down", jax.nn.gelu(hidden))

    def log_psi(p, sigma):
        patches = sigma.reshape(gx, b, gy, b).transpose(0, 2, 1, 3).reshape(n, b * b)
        x = dense(p, "embed", patches)
        for layer in range(model["layers"]):
            x = block(p, f"encoder[{layer}]", x)
        z = norm(p, "head.norm", x.sum(0))
        re = norm(p, "head.reNorm", dense(p, "head.re", z))
        im = norm(p, "head.imNorm", dense(p, "head.im", z))
        amplitude, phase = log_cosh(re, im)
        return amplitude.sum(), phase.sum()

    return log_psi
