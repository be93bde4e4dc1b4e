"""NetKet: its own driver, sampler and operator with the very same wave function."""

from serve import phases, read_bundle, serve  # first: it limits the cores
import jax
import jax.numpy as jnp
import netket as nk
import numpy as np
import optax
from lattice import bonds_of
from steps import COMPARED, evaluations, proposals_of
from vit_jax import log_psi_of


def hamiltonian_of(task, hilbert, bonds):
    """NetKet's Heisenberg is in Pauli matrices; spins are half of them."""
    graph = nk.graph.Graph(
        edges=[(*pair, color) for color, shell in enumerate(bonds) for pair in shell],
        n_nodes=hilbert.size,
    )
    couplings = [task["vmc"][name] / 4 for name in ("j1", "j2")]
    operator = nk.operator.Heisenberg(
        hilbert, graph, J=couplings, sign_rule=[False, False]
    )
    return operator.to_jax_operator()


def prepare(question):
    task = question["task"]
    model, vmc = task["model"], task["vmc"]
    dtype = jnp.dtype(task["precision"])
    tensors, configurations = read_bundle(question["bundle"])
    first = {name: jnp.asarray(x, dtype) for name, x in tensors.items()}
    log_psi = log_psi_of(model)

    def apply(variables, sigma):
        rows = sigma.reshape(-1, sigma.shape[-1]).astype(dtype)
        re, im = jax.vmap(log_psi, (None, 0))(variables["params"], rows)
        return (re + 1j * im).reshape(sigma.shape[:-1])

    samples = model["samples"]
    bonds = bonds_of(task)
    clusters = bonds[0] + bonds[1]
    hilbert = nk.hilbert.Spin(0.5, configurations.shape[1], total_sz=0)
    hamiltonian = hamiltonian_of(task, hilbert, bonds)
    sampler = nk.sampler.MetropolisExchange(
        hilbert,
        clusters=clusters,
        n_chains=samples,
        sweep_size=proposals_of(task),
        dtype=np.int8,
    )
    state = nk.vqs.MCState(
        sampler,
        apply_fun=apply,
        variables={"params": first},
        n_samples=samples,
        n_discard_per_chain=0,
        seed=1,
        sampler_seed=1,
    )
    chains = jnp.asarray(configurations[:samples], state.sampler_state.σ.dtype)
    state.sampler_state = state.sampler_state.replace(σ=chains)
    driver = nk.driver.VMC_SR(
        hamiltonian,
        optax.sgd(vmc["learningRate"]),
        diag_shift=vmc["diagShift"],
        variational_state=state,
        mode="complex",
        use_ntk=2 * samples < state.n_parameters,
        on_the_fly=False,
    )
    made = samples * (1 + proposals_of(task) + 1 + int(hamiltonian.max_conn_size))

    def run():
        driver.run(1, show_progress=False, out=None)
        jax.block_until_ready(state.parameters)

    def details():
        return evaluations(task, len(clusters), made)

    def numbers():
        compared = jnp.asarray(configurations[:COMPARED], chains.dtype)
        value = apply({"params": first}, compared)
        other, elements = hamiltonian.get_conn_padded(compared)
        ratios = jnp.exp(apply({"params": first}, other) - value[:, None])
        energies = (elements * ratios).sum(-1)
        parts = (phases(value.real, value.imag), energies.real, energies.imag)
        return np.concatenate([np.asarray(part) for part in parts])

    version = f"NetKet {nk.__version__}"
    return {"version": version, "run": run, "details": details, "numbers": numbers}


serve(prepare)
