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
    timeout: 600_000,
    shell: process.platform === 'win32',
  })
  if (status !== 0) failed.push(step)
  lines.push(`${status === 0 ? 'ok    ' : 'FAILED'} ${step.padEnd(13)} ${seconds(begun)}`)
}

/** Passed and failed tests. A file that could not be loaded counts as a failure, and so does a missing report. */
function countTests() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const notLoaded = testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
    return { passedTests: numPassedTests, failedTests: numFailedTests + notLoaded }
  } catch {
    return { passedTests: 0, failedTests: 0 }
  }
}

const { passedTests, failedTests } = countTests()
const failures = failedTests + failed.filter(step => step !== 'test' || failedTests === 0).length
console.log(`\n=== summary ===\n${lines.join('\n')}\ntotal  ${seconds(started)}\n`)
console.log(`${passedTests} passed, ${failures} failed`)
process.exitCode = failed.length === 0 && passedTests > 0 ? 0 : 1
