// As headless-gl does where it cannot run: gpu.js then knows that this way is closed.
module.exports = null
