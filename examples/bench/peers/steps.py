"""What the Python peers have in common in a VMC step."""

COMPARED = 16


def evaluations(task, bonds, made):
    """Of log psi: asked for by sampler and estimators as in psigrad/steps.ts, and made."""
    samples = task["model"]["samples"]
    proposals = proposals_of(task)
    return {"asked": samples * (1 + proposals + 1 + bonds), "made": made}


def proposals_of(task):
    """Proposals per chain and step."""
    lx, ly = task["model"]["lattice"]
    return task["vmc"]["sweeps"] * lx * ly
