import fc from 'fast-check'

// A fixed seed keeps CI reproducible; PSIGRAD_SEED explores others. Failures print seed and path.
const seed = Number(process.env.PSIGRAD_SEED ?? 20260518)
fc.configureGlobal({ seed, numRuns: Number(process.env.PSIGRAD_RUNS ?? 50) })
