// Everything that CI runs after `npm ci`. Runs every step, whatever failed before it, and ends with one line:
// how many tests passed, and how many tests and other steps failed.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'

const report = '.cache/vitest.json'
const steps = ['lint', 'format:check', 'check', 'knip', 'test', 'test:model', 'smoke', 'size', 'publint']
const npmArgs = { test: ['--', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`] }

const started = performance.now()
const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`

rmSync(report, { force: true })
const lines = []
const failed = []
for (const step of steps) {
  console.log(`\n=== ${step} ===`)
  const begun = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', step, ...(npmArgs[step] ?? [])], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 660_000,
    shell: process.platform === 'win32',
  })
  if (status !== 0) failed.push(step)
  lines.push(`${status === 0 ? 'ok    ' : 'FAILED'} ${step.padEnd(13)} ${seconds(begun)}`)
}

/**
 * Passed and failed tests, with what the failed ones said: a log is often kept by its end alone. A file that could not
 * be loaded counts as a failure, and so does a missing report.
 */
function readReport() {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const failures = testResults
      .filter(file => file.status === 'failed')
      .flatMap(({ name, message, assertionResults }) => {
        const tests = assertionResults.filter(({ status }) => status === 'failed')
        return tests.length === 0
          ? [`${name}\n${message}`]
          : tests.map(({ fullName, failureMessages }) => `${name} > ${fullName}\n${failureMessages.join('\n')}`)
      })
    return { passed: numPassedTests, failures }
  } catch {
    return { passed: 0, failures: [] }
  }
}

const { passed, failures } = readReport()
const stepsFailed = failed.filter(step => step !== 'test' || failures.length === 0).length
console.log(`\n=== summary ===\n${[...failures, ...lines].join('\n')}\ntotal  ${seconds(started)}\n`)
console.log(`${passed} passed, ${failures.length + stepsFailed} failed`)
process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1
