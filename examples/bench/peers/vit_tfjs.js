import * as tf from '@tensorflow/tfjs'

// The wave function of models/waves/vit.ts in TensorFlow.js, for a batch: it has no vmap.

/** [n, n·n] with a 1 where a column takes its weight from: a gather that can be differentiated. */
const selection = (gx, gy) => {
  const n = gx * gy
  const place = Array.from({ length: n }, (_, k) => [Math.floor(k / gy), k % gy])
  const rows = new Float32Array(n * n * n)
  place.forEach(([a, b], i) => {
    place.forEach(([c, d], j) => {
      const r = ((a - c + gx) % gx) * gy + ((b - d + gy) % gy)
      rows[r * n * n + i * n + j] = 1
    })
  })
  return tf.tensor2d(rows, [n, n * n])
}

const norm = (p, name, x) => {
  const centred = tf.sub(x, tf.mean(x, -1, true))
  const variance = tf.mean(tf.square(centred), -1, true)
  const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-6)))
  return tf.add(tf.mul(unit, p[`${name}.scale`]), p[`${name}.bias`])
}

/** x [rows, in] W + b */
const dense = (p, name, x) => tf.add(tf.matMul(x, p[`${name}.kernel`]), p[`${name}.bias`])

/** The tanh form. */
const gelu = (x) => {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))))
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)))
}

/** (params, sigma [batch, sites]) to the two arrays [batch, dim] whose log cosh is summed. */
export const hidden = (model) => {
  const [lx, ly] = model.lattice
  const { patch: b, dim, heads } = model
  const [gx, gy] = [lx / b, ly / b]
  const n = gx * gy
  const select = selection(gx, gy)
  const block = (p, name, x, batch) => {
    const attention = `${name}.attend.attention`
    const value = dense(p, `${attention}.value`, norm(p, `${name}.attend.norm`, x))
    // [heads, n, batch · features]: one product a head instead of one a head and sample.
    const v = tf.transpose(tf.reshape(value, [batch, n, heads, dim / heads]), [2, 1, 0, 3])
    const alpha = tf.reshape(tf.matMul(p[`${attention}.form.p`], select), [heads, n, n])
    const attended = tf.matMul(alpha, tf.reshape(v, [heads, n, (batch * dim) / heads]))
    const back = tf.transpose(tf.reshape(attended, [heads, n, batch, dim / heads]), [2, 1, 0, 3])
    const after = tf.add(x, dense(p, `${attention}.mix`, tf.reshape(back, [batch * n, dim])))
    const up = gelu(dense(p, `${name}.feed.mlp.up`, norm(p, `${name}.feed.norm`, after)))
    return tf.add(after, dense(p, `${name}.feed.mlp.down`, up))
  }
  return (p, sigma) => {
    const [batch] = sigma.shape
    const cells = tf.transpose(tf.reshape(sigma, [batch, gx, b, gy, b]), [0, 1, 3, 2, 4])
    let x = dense(p, 'embed', tf.reshape(cells, [batch * n, b * b]))
    for (let layer = 0; layer < model.layers; layer += 1)
      x = block(p, `encoder[${layer}]`, x, batch)
    const z = norm(p, 'head.norm', tf.sum(tf.reshape(x, [batch, n, dim]), 1))
    return {
      re: norm(p, 'head.reNorm', dense(p, 'head.re', z)),
      im: norm(p, 'head.imNorm', dense(p, 'head.im', z)),
    }
  }
}

/** Re log cosh(a + ib), as in core/programs/complex.ts. */
export const logModulus = (a, b) => {
  const m = tf.abs(a)
  const t = tf.exp(tf.mul(-2, m))
  const modulus2 = tf.add(tf.square(tf.sub(1, t)), tf.mul(4, tf.mul(t, tf.square(tf.cos(b)))))
  return tf.add(tf.sub(m, Math.log(2)), tf.mul(0.5, tf.log(modulus2)))
}

/** arg cosh(a + ib) */
export const phase = (a, b) => tf.atan2(tf.mul(tf.tanh(a), tf.sin(b)), tf.cos(b))
