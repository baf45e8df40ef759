import { parseSync, Visitor } from 'oxc-parser'

/** The name that a call hangs on: `it` of `it.for(rows)(title, …)`. */
function rootOf(callee: unknown): string {
  let node = callee as { type: string; name?: string; object?: unknown; callee?: unknown }
  for (;;) {
    if (node.type === 'Identifier') return node.name ?? ''
    const next =
      node.type === 'MemberExpression' ? node.object : node.type === 'CallExpression' ? node.callee : undefined
    if (next === undefined) return ''
    node = next as typeof node
  }
}

/** Names of the tests in a module, as they are written there; what stands in `${}` is `…`. Of tests whose names are a variable's: the keys of tables. */
export function titlesIn(path: string, text: string): Set<string> {
  const titles = new Set<string>()
  const keys = new Set<string>()
  let isNamedByTable = false
  new Visitor({
    CallExpression({ callee, arguments: [first] }) {
      if (rootOf(callee) !== 'it') return
      if (first?.type === 'Literal' && typeof first.value === 'string') titles.add(first.value)
      if (first?.type === 'Identifier') isNamedByTable = true
      if (first?.type === 'TemplateLiteral') titles.add(first.quasis.map(({ value }) => value.cooked ?? '').join('…'))
    },
    Property({ key }) {
      if (key.type === 'Literal' && typeof key.value === 'string') keys.add(key.value)
    },
  }).visit(parseSync(path, text).program)
  return isNamedByTable ? new Set([...titles, ...keys]) : titles
}
