/** The tests run with pools in which each run has a thread of its own: `npm run test:solo`. */
export const SOLO: boolean = process.env['FILCH_MODE'] === '1:1'
