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


def bonds_of(task):
    """First and second neighbours of the periodic square lattice: two lists of pairs of sites."""
    lx, ly = task["model"]["lattice"]

    def shell(steps):
        return [
            (x * ly + y, (x + a) % lx * ly + (y + b) % ly)
            for x in range(lx)
            for y in range(ly)
            for a, b in steps
        ]

    return shell([(1, 0), (0, 1)]), shell([(1, 1), (1, -1)])
