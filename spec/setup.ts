import fc from 'fast-check'

// A fixed seed keeps CI reproducible; PSIGRAD_SEED explores others. Failures print seed and path.
const seed = Number(process.env.PSIGRAD_SEED ?? 20260518)

// Exact energies that somebody's earlier runs have kept decide no test.
process.env.PSIGRAD_CACHE ??= 'off'

fc.configureGlobal({ seed, numRuns: Number(process.env.PSIGRAD_RUNS ?? 50) })
