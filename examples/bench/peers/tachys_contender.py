"""tachys: its own wave function, sampler, operator and optimizer, with psigrad's parameters."""

from serve import phases, read_bundle, serve  # first: it limits the cores
import jax
import jax.numpy as jnp
import numpy as np
from lattice import bonds_of
from steps import COMPARED, evaluations, proposals_of

jax.config.update("jax_enable_x64", True)

from tachys.lattice.ansatz.spin_vit import SpinViT  # noqa: E402
from tachys.lattice.bond_exchange import BondExchange  # noqa: E402
from tachys.lattice.lattice_database import square  # noqa: E402
from tachys.lattice.operator.local_estimator import compute_expectation  # noqa: E402
from tachys.lattice.spins.hamiltonians.heisenberg import (  # noqa: E402
    heisenberg_hamiltonian,
)
from tachys.lattice.spins.spin_state import SpinState  # noqa: E402
from tachys.montecarlo import sample  # noqa: E402
from tachys.optimizer.optimizers import SR  # noqa: E402
from tachys.wavefunction import WaveFunction  # noqa: E402


def params_of(model, p):
    """psigrad's parameters under tachys' names. Its weights are those of j - i, ours of i - j."""
    gx, gy = (side // model["patch"] for side in model["lattice"])
    opposite = [-x % gx * gy + -y % gy for x in range(gx) for y in range(gy)]

    def pair(name, *keys):
        return {key: p[f"{name}.{key}"] for key in keys}

    def dense(name):
        return pair(name, "kernel", "bias")

    def norm(name):
        return pair(name, "scale", "bias")

    def block(name):
        attention = f"{name}.attend.attention"
        return {
            "attn": {
                "alpha": p[f"{attention}.form.p"][:, opposite],
                "v": dense(f"{attention}.value"),
                "W": dense(f"{attention}.mix"),
            },
            "layer_norm_1": norm(f"{name}.attend.norm"),
            "layer_norm_2": norm(f"{name}.feed.norm"),
            "ff": {
                "layers_0": dense(f"{name}.feed.mlp.up"),
                "layers_2": dense(f"{name}.feed.mlp.down"),
            },
        }

    blocks = {
        f"layers_{k}": block(f"encoder[{k}]") for k in range(model["layers"])
    }
    output = {
        "out_layer_norm": norm("head.norm"),
        "output_layer0": dense("head.re"),
        "norm2": norm("head.reNorm"),
        "output_layer1": dense("head.im"),
        "norm3": norm("head.imNorm"),
    }
    embed = {"embed": dense("embed")}
    return {"params": {"patches_and_embed": embed, "encoder": blocks, "output": output}}


def prepare(question):
    task = question["task"]
    model, vmc = task["model"], task["vmc"]
    dtype = jnp.dtype(task["precision"])
    tensors, configurations = read_bundle(question["bundle"])
    lattice = square(tuple(model["lattice"]))
    gx, gy = (side // model["patch"] for side in model["lattice"])
    network = SpinViT(
        num_layers=model["layers"],
        d_model=model["dim"],
        num_heads=model["heads"],
        seq_len=gx * gy,
        b=model["patch"],
        complex=True,
        transl_invariant=True,
        two_dimensional=True,
        dtype=dtype,
    )
    params = params_of(model, {k: jnp.asarray(x, dtype) for k, x in tensors.items()})
    first = WaveFunction(params=params, apply_fn=network.apply, dtype=dtype)
    j1, j2 = vmc["j1"], vmc["j2"]
    couplings = [((1, 0), j1), ((0, 1), j1), ((1, 1), j2), ((1, -1), j2)]
    hamiltonian = heisenberg_hamiltonian(lattice, couplings)
    action = BondExchange.create(lattice, max_dist=2)
    optimizer = SR(diag_shift=vmc["diagShift"], mode="complex", dtype=dtype)
    samples = model["samples"]
    bonds = np.array(sum(bonds_of(task), []))
    now = {
        "wf": first,
        "key": jax.random.key(1),
        "state": SpinState(
            spins=jnp.asarray(configurations[:samples]), lattice=lattice
        ),
        "memory": optimizer.init(params),
    }

    def run():
        now["key"], key = jax.random.split(now["key"])
        keys = jax.random.split(key, samples)
        wf = now["wf"]
        state, log_amps, _ = sample(vmc["sweeps"], now["state"], action, keys, wf)
        energies, _, _ = compute_expectation(hamiltonian, wf, state, log_amps)
        updates, now["memory"] = optimizer(energies, now["memory"], state, wf)
        now["state"] = state
        now["wf"] = wf.apply_gradients(updates, vmc["learningRate"])
        jax.block_until_ready(now["wf"].params)

    def details():
        # Connected configurations are evaluated in whole batches of all samples.
        spins = np.asarray(now["state"].spins)
        active = (spins[:, bonds[:, 0]] != spins[:, bonds[:, 1]]).sum()
        batches = 1 + proposals_of(task) + -(-int(active) // samples)
        return evaluations(task, len(bonds), samples * batches)

    def numbers():
        compared = jnp.asarray(configurations[:COMPARED])
        state = SpinState(spins=compared, lattice=lattice)
        value = first.apply_fn(first.params, state)
        energies, _, _ = compute_expectation(hamiltonian, first, state, value)
        parts = (phases(value.real, value.imag), energies.real, energies.imag)
        return np.concatenate([np.asarray(part) for part in parts])

    return {"version": "tachys", "run": run, "details": details, "numbers": numbers}


serve(prepare)
