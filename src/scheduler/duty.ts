/**
 * What a thread is in its seat for: a word of the seat, 0 in a seat that the pool began with.
 *
 *                  +-- blocking -->          <-- blocking --+
 *   SPARE: start --> ON             LEAVING ----------------> OFF --> RETIRING
 *                  ^---- ends ------+  |                       |
 *                  +-------------------+-- blocking -----------+
 *
 *   WORKER, DEDICATED: start --> RETIRING --> gone: VACANT
 *
 * | from -> to | who | how |
 * | --- | --- | --- |
 * | VACANT -> WORKER, ON, DEDICATED | the maker of the pool, before it starts the thread | store |
 * | ON -> LEAVING | a worker whose task has blocked and goes on; the maker | compare-exchange |
 * | LEAVING -> OFF | the thread itself, between jobs | compare-exchange |
 * | LEAVING, OFF -> ON | a worker whose task is about to block; the maker | compare-exchange |
 * | WORKER, DEDICATED -> RETIRING | the maker | store |
 * | OFF -> RETIRING | the maker | compare-exchange: a worker that blocks may want it at the same time |
 * | any -> VACANT | the maker, once the thread is gone | store |
 */
export const WORKER = 0
/** A spare that works in the place of a thread that blocks. */
export const ON = 1
/** A spare that is not needed, but for those who live on its seat. */
export const OFF = 2
/** A spare that shall be off as soon as its job has ended. */
export const LEAVING = 3
/** It shall end as soon as nobody lives on its seat any more. */
export const RETIRING = 4
/** A thread of one task at a time, which may block. */
export const DEDICATED = 5
export const VACANT = 6

/** True if a thread of this duty takes work from others. */
export function roams(duty: number): boolean {
  return duty <= ON
}
