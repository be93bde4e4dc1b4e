import { nn, numpy as np, tree } from '@jax-js/jax'

// The wave function of models/waves/vit.ts in jax-js, for one configuration: parameters by their paths.
// Whoever is passed an array uses it up; `.ref` keeps it for another use.

/** Row i, column j: the index of the displacement i − j on the periodic grid of patches. */
const relativeIndices = (gx, gy) => {
  const place = Array.from({ length: gx * gy }, (_, k) => [Math.floor(k / gy), k % gy])
  return place.flatMap(([a, b]) =>
    place.map(([c, d]) => ((a - c + gx) % gx) * gy + ((b - d + gy) % gy)),
  )
}

/** [n, n·n] with a 1 where a column takes its weight from: a gather that can be differentiated. */
const selection = (relative, n) => {
  const rows = new Float32Array(n * n * n)
  relative.forEach((r, k) => {
    rows[r * n * n + k] = 1
  })
  return np.array(rows).reshape([n, n * n])
}

/** Re log cosh(a + ib), as in core/programs/complex.ts. */
const logModulus = (a, b) => {
  const m = np.abs(a)
  const t = np.exp(m.ref.mul(-2))
  const s = t.ref.sub(1)
  const c = np.cos(b)
  const modulus2 = np.square(s).add(np.square(c).mul(t).mul(4))
  return m.sub(Math.log(2)).add(np.log(modulus2).mul(0.5))
}

/** arg cosh(a + ib) */
const phase = (a, b) => np.arctan2(np.tanh(a).mul(np.sin(b.ref)), np.cos(b))

/** (params, sigma [sites]) to the two vectors whose log cosh is summed. */
const hidden = (model) => {
  const [lx, ly] = model.lattice
  const { patch: b, dim, heads } = model
  const [gx, gy] = [lx / b, ly / b]
  const n = gx * gy
  const select = selection(relativeIndices(gx, gy), n)
  const norm = (p, name, x) => {
    const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }))
    const variance = np.mean(np.square(centred.ref), -1, { keepdims: true })
    return centred
      .div(np.sqrt(variance.add(1e-6)))
      .mul(p[`${name}.scale`].ref)
      .add(p[`${name}.bias`].ref)
  }
  const dense = (p, name, x) => np.dot(x, p[`${name}.kernel`].ref).add(p[`${name}.bias`].ref)
  const block = (p, name, x) => {
    const attention = `${name}.attend.attention`
    const y = norm(p, `${name}.attend.norm`, x.ref)
    const v = dense(p, `${attention}.value`, y).reshape([n, heads, dim / heads])
    const alpha = np.dot(p[`${attention}.form.p`].ref, select.ref).reshape([heads, n, n])
    // Its einsum needs a newer Node.
    const perHead = np.matmul(alpha, np.transpose(v, [1, 0, 2]))
    const attended = np.transpose(perHead, [1, 0, 2]).reshape([n, dim])
    const after = x.add(dense(p, `${attention}.mix`, attended))
    const up = dense(p, `${name}.feed.mlp.up`, norm(p, `${name}.feed.norm`, after.ref))
    return after.add(dense(p, `${name}.feed.mlp.down`, nn.gelu(up)))
  }
  return (p, sigma) => {
    const patches = np.transpose(sigma.reshape([gx, b, gy, b]), [0, 2, 1, 3]).reshape([n, b * b])
    let x = dense(p, 'embed', patches)
    for (let layer = 0; layer < model.layers; layer += 1) x = block(p, `encoder[${layer}]`, x)
    const z = norm(p, 'head.norm', np.sum(x, 0))
    return {
      re: norm(p, 'head.reNorm', dense(p, 'head.re', z.ref)),
      im: norm(p, 'head.imNorm', dense(p, 'head.im', z)),
    }
  }
}

/** Re log psi of one configuration. */
export const amplitudeOf = (model) => {
  const through = hidden(model)
  return (p, sigma) => {
    const { re, im } = through(p, sigma)
    tree.dispose(p)
    return np.sum(logModulus(re, im))
  }
}

/** [Re log psi, Im log psi] of one configuration. */
export const logPsiOf = (model) => {
  const through = hidden(model)
  return (p, sigma) => {
    const { re, im } = through(p, sigma)
    tree.dispose(p)
    return [np.sum(logModulus(re.ref, im.ref)), np.sum(phase(re, im))]
  }
}
