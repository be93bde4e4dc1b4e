"""Twelve functions, each with the right pullback and a wrong one, for any library like numpy.

A pullback takes (operands, value, cotangent) and returns one cotangent per operand, as in
wrongRules.ts, which has the same twelve in the same order.
"""


def rules(xp, const):
    def sigmoid(x):
        return 1 / (1 + xp.exp(-x))

    def softmax(x):
        e = xp.exp(x)
        return e / e.sum(axis=1, keepdims=True)

    def deviation(x):
        apart = x - x.mean(axis=1, keepdims=True)
        return xp.sqrt((apart**2).mean(axis=1, keepdims=True) + 1e-5)

    def normalised(x):
        return (x - x.mean(axis=1, keepdims=True)) / deviation(x)

    def weights(q, k):
        return xp.tanh(q @ k.T / 2)

    def attention(scale):
        def pullback(x, y, bar):
            q, k, v = x
            scores = scale * (bar @ v.T) * (1 - weights(q, k) ** 2)
            return scores @ k, scores.T @ q, weights(q, k).T @ bar

        return pullback

    def error(x, t):
        return 2 * (x - t) / 5

    return {
        'square': (
            lambda x: x * x,
            lambda x, y, bar: (bar * 2 * x[0],),
            lambda x, y, bar: (bar * x[0],),
        ),
        'cosine': (
            lambda x: xp.cos(x),
            lambda x, y, bar: (-bar * xp.sin(x[0]),),
            lambda x, y, bar: (bar * xp.sin(x[0]),),
        ),
        'sigmoid': (
            sigmoid,
            lambda x, y, bar: (bar * y * (1 - y),),
            lambda x, y, bar: (bar * x[0] * (1 - x[0]),),
        ),
        'softmax': (
            softmax,
            lambda x, y, bar: (y * (bar - (y * bar).sum(axis=1, keepdims=True)),),
            lambda x, y, bar: (y * bar,),
        ),
        'layerNorm': (
            normalised,
            lambda x, y, bar: (
                (
                    bar
                    - bar.mean(axis=1, keepdims=True)
                    - y * (bar * y).mean(axis=1, keepdims=True)
                )
                / deviation(x[0]),
            ),
            lambda x, y, bar: (
                (bar - y * (bar * y).mean(axis=1, keepdims=True)) / deviation(x[0]),
            ),
        ),
        'matrixProduct': (
            lambda a, b: a @ b,
            lambda x, y, bar: (bar @ x[1].T, x[0].T @ bar),
            lambda x, y, bar: (bar @ x[1], x[0].T @ bar),
        ),
        'bias': (
            lambda x, b: x + b,
            lambda x, y, bar: (bar, bar.sum(axis=0)),
            lambda x, y, bar: (bar, bar.mean(axis=0)),
        ),
        'product': (
            lambda a, b: a * b,
            lambda x, y, bar: (bar * x[1], bar * x[0]),
            lambda x, y, bar: (bar * x[0], bar * x[1]),
        ),
        'attention': (
            lambda q, k, v: weights(q, k) @ v,
            attention(1 / 2),
            attention(1),
        ),
        'squaredError': (
            lambda x, t: ((x - t) ** 2).mean(),
            lambda x, y, bar: (bar * error(*x), -bar * error(*x)),
            lambda x, y, bar: (error(*x), -error(*x)),
        ),
        'cube': (
            lambda x: x**3,
            lambda x, y, bar: (bar * 3 * x[0] ** 2,),
            lambda x, y, bar: (bar * 3 * x[0] ** 2 * const([1, 1, 1, 1, 1, 1, 1, 0]),),
        ),
        'smallUnits': (
            lambda x: 1e-8 * xp.sin(x),
            lambda x, y, bar: (1e-8 * bar * xp.cos(x[0]),),
            lambda x, y, bar: (1.5e-8 * bar * xp.cos(x[0]),),
        ),
    }
