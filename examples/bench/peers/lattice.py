"""Periodic square lattices: sites and patches are numbered row by row."""

import numpy as np


def relative_indices(grid):
    """Row i, column j: the index of the displacement i - j on the periodic grid of patches."""
    lx, ly = grid
    place = [(x, y) for x in range(lx) for y in range(ly)]
    return np.array(
        [[((a - c) % lx) * ly + (b - d) % ly for (c, d) in place] for (a, b) in place]
    )


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
