import type { Clock, Contestant } from '../contest.ts'
import { goal, type Results, run, toJson } from '../operations.ts'
import { type Goal, printGoals, saveResults } from '../report.ts'
import { checkLibrary, checkThumbprints } from './check.ts'
import { libraries, prepareThumbprint } from './libraries.ts'
import { type Forms, type Kind, type Library, makeForms } from './subject.ts'

const kinds: readonly Kind[] = ['RSA', 'EC', 'OKP', 'oct']
const peers = ['raw', 'fast-jwt', 'jose']

/** Keys read, and their thumbprints made: authwright, its peers and node:crypto, side by side. */
export async function benchmarkKeys(clock: Clock): Promise<void> {
  const operations = new Map((await Promise.all(kinds.map(prepareOperations))).flat())
  const present = new Map([...operations].filter(([, contestants]) => contestants.length > 0))
  const inTurn = await run('One at a time', present, peers, { inFlight: 1, clock })
  printGoals('Goals', goals(inTurn))
  saveResults('keys', { oneAtATime: toJson(inTurn) })
}

async function prepareOperations(kind: Kind): Promise<[string, readonly Contestant[]][]> {
  const forms = makeForms(kind)
  for (const library of libraries) await checkLibrary(library, forms)
  const { alg, publicJwk, privateJwk, publicPem, privatePem } = forms
  await checkThumbprints(libraries, publicJwk ?? privateJwk)
  return [
    [`${kind} public JWK`, importers(publicJwk, ({ importJwk }, jwk) => importJwk && (() => importJwk(jwk, alg)))],
    [`${kind} private JWK`, importers(privateJwk, ({ importJwk }, jwk) => importJwk && (() => importJwk(jwk, alg)))],
    [`${kind} public PEM`, importers(publicPem, ({ importPublicPem: read }, pem) => read && (() => read(pem, alg)))],
    [`${kind} private PEM`, importers(privatePem, ({ importPrivatePem: read }, pem) => read && (() => read(pem, alg)))],
    [`${kind} thumbprint`, await thumbprints(forms)],
  ]
}

type Operation = Contestant['run']

function importers<Form>(
  form: Form | undefined,
  operationOf: (library: Library, form: Form) => Operation | undefined,
): Contestant[] {
  if (form === undefined) return []
  return libraries.flatMap((library) => {
    const operation = operationOf(library, form)
    return operation === undefined ? [] : [{ name: library.name, run: operation }]
  })
}

async function thumbprints({ publicJwk, privateJwk }: Forms): Promise<Contestant[]> {
  const jwk = publicJwk ?? privateJwk
  const peersOnly = importers(jwk, ({ thumbprint }) => thumbprint && (() => thumbprint(jwk)))
  return [{ name: 'authwright', run: await prepareThumbprint(jwk) }, ...peersOnly]
}

/** There is no aim for reading a key, which happens once: how much is checked at it differs from one to the other. */
function goals(inTurn: Results): Goal[] {
  return kinds.map((kind) => goal(inTurn, `${kind} thumbprint`, 'jose', 1))
}
