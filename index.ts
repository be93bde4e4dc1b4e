// What `psigrad` exports: its rooms as namespaces, because `square` and `mean` mean one thing for
// numbers and another for lattices and samples. A bundler leaves out the rooms that nobody names;
// psigrad/core and its siblings let it leave out the functions, too.

export * as autodiff from './autodiff/index.ts'
export * as core from './core/index.ts'
export * as models from './models/index.ts'
export * as physics from './physics/index.ts'
