import { JoseError } from '../errors.ts'

/**
 * A schema of any library that speaks Standard Schema (Zod, Valibot, ArkType, …), by its shape: none of them is
 * needed here.
 */
export interface ClaimsSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Has a schema check the claims, and answers with what it makes of them. */
export async function applySchema<Output>(claims: object, schema: ClaimsSchema<Output>): Promise<Output> {
  const result = await schema['~standard'].validate(claims)
  if (result.issues === undefined) return result.value
  // The messages of a schema may repeat what was received; they stay behind.
  throw new JoseError('claim_invalid', 'claims invalid: the schema refuses them', { claim: claimOf(result.issues[0]) })
}

function claimOf(issue: SchemaIssue | undefined): string | undefined {
  const [first] = issue?.path ?? []
  const key = typeof first === 'object' ? first.key : first
  return typeof key === 'string' ? key : undefined
}
