// How a command ends, as a number.

/** The exit codes of a command, by the ways in which it ends. */
export const exitCodes = {
  done: 0,
  unusable: 2,
  failed: 3,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const
