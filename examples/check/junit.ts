import { type CheckedFile, type Finding, isFailure } from './finding.ts'

// The report in the XML of JUnit, which CI systems show.

/** Characters that XML 1.0 does not allow, and those that it has names for. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')

const testCase = (path: string, finding: Finding): string => {
  const { name, kind, outcome, says, block, seconds } = finding
  const start = `    <testcase classname="${escaped(path)}" name="${escaped(`${name} (${kind})`)}" time="${seconds.toFixed(3)}"`
  const text = escaped([says, ...block].join('\n'))
  if (isFailure(finding))
    return `${start}>\n      <failure type="${outcome}" message="${escaped(says)}">${text}</failure>\n    </testcase>`
  return outcome === 'right'
    ? `${start}/>`
    : `${start}>\n      <skipped message="${escaped(`${outcome}: ${says}`)}"/>\n    </testcase>`
}

const problemCase = (path: string, problem: string): string =>
  `    <testcase classname="${escaped(path)}" name="file" time="0.000">\n      <error type="unreadable" message="${escaped(problem)}"/>\n    </testcase>`

const suite = ({ path, findings, problem }: CheckedFile): string => {
  const time = findings.reduce((total, { seconds }) => total + seconds, 0)
  const failures = findings.filter(isFailure).length
  const skipped = findings.filter((f) => !isFailure(f) && f.outcome !== 'right').length
  const errors = problem === undefined ? 0 : 1
  const cases = [
    ...findings.map((finding) => testCase(path, finding)),
    ...(problem === undefined ? [] : [problemCase(path, problem)]),
  ]
  return [
    `  <testsuite name="${escaped(path)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${time.toFixed(3)}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n')
}

/** Returns the report of some files as JUnit's XML. */
export const junitOf = (files: readonly CheckedFile[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...files.map(suite),
    '</testsuites>',
    '',
  ].join('\n')
