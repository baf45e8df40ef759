/** Imports a peer from where install.mjs has put it. */
export async function load(name) {
  const { load } = await import(new URL('../../.cache/peers/load.mjs', import.meta.url).href)
  return load(name)
}
