// @ts-check
// Finds every refusal in the sources, and which entries of the error catalogue it can be, by the compiler's own eyes.
import ts from 'typescript'

/** How far a value is followed through functions that hand it on. */
const MAX_DEPTH = 12

/**
 * A refusal: where it is made, its `error` codes (none: whatever the application says) and its reasons.
 *
 * @typedef {{ place: string; codes: ReadonlySet<string>; reasons: ReadonlySet<string> }} Refusal
 */

/**
 * What the parameters of a function stand for at one call of it.
 *
 * @typedef {ReadonlyMap<ts.ParameterDeclaration, ts.Expression>} Bindings
 */

/**
 * The refusals in the files of a program: what is constructed by `className`, and denials, which become one later.
 *
 * @param {ts.Program} program
 * @param {{ className: string; isChecked: (path: string) => boolean }} options
 * @returns {{ refusals: Refusal[]; problems: string[] }}
 */
export function findRefusals(program, { className, isChecked }) {
  const reader = new Reader(program, className)
  const refusals = []
  const problems = []
  for (const file of program.getSourceFiles().filter(({ fileName }) => isChecked(fileName))) {
    for (const node of nodesOf(file)) {
      const found = reader.read(node)
      if (found === undefined) continue
      const place = `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
      if (found === 'copy') continue
      if (found.length === 0) problems.push(`${place} refuses without a reason that can be told from the source`)
      refusals.push(...found.map((refusal) => ({ place, ...refusal })))
    }
  }
  return { refusals, problems }
}

class Reader {
  /**
   * @param {ts.Program} program
   * @param {string} className
   */
  constructor(program, className) {
    this.checker = program.getTypeChecker()
    this.className = className
    /** @type {Map<ts.Node, ts.CallExpression[]>} calls by the function that is called */
    this.calls = new Map()
    for (const file of program.getSourceFiles()) {
      if (file.isDeclarationFile) continue
      for (const node of nodesOf(file)) if (ts.isCallExpression(node)) this.#index(node)
    }
  }

  /**
   * What a node refuses with; `copy` where it repeats another refusal; nothing where it is none.
   *
   * @param {ts.Node} node
   * @returns {Omit<Refusal, 'place'>[] | 'copy' | undefined}
   */
  read(node) {
    if (ts.isObjectLiteralExpression(node)) return this.#readDenial(node)
    if (!ts.isNewExpression(node) || node.expression.getText() !== this.className) return undefined
    const [code, , options] = node.arguments ?? []
    if (code === undefined) return undefined
    if (this.#isOfRefusal(code)) return 'copy'
    return this.#bindingsAround(node).flatMap((bindings) => {
      const codes = this.#text(code, bindings, 0)
      const reasons = options === undefined ? new Set() : this.#member(options, 'reason', bindings, 0)
      // The error is the reason, each its own.
      if (codes.size === reasons.size && [...codes].every((name) => reasons.has(name))) {
        return [...codes].map((name) => ({ codes: new Set([name]), reasons: new Set([name]) }))
      }
      return reasons.size === 0 ? [] : [{ codes, reasons }]
    })
  }

  /** @param {ts.ObjectLiteralExpression} node */
  #readDenial(node) {
    const names = node.properties.map((property) => property.name?.getText())
    if (!names.includes('denied') || !names.includes('reason')) return undefined
    const none = new Map()
    return [{ codes: this.#member(node, 'error', none, 0), reasons: this.#member(node, 'reason', none, 0) }]
  }

  /**
   * One set of bindings for each call of the function around a node; one empty set where nobody calls it by its name.
   *
   * @param {ts.Node} node
   * @returns {Bindings[]}
   */
  #bindingsAround(node) {
    const around = ts.findAncestor(node, ts.isFunctionLike)
    const calls = around === undefined ? [] : (this.calls.get(around) ?? [])
    return calls.length === 0 || around === undefined ? [new Map()] : calls.map((call) => this.#bind(around, call))
  }

  /**
   * @param {ts.SignatureDeclaration} callee
   * @param {ts.CallExpression} call
   * @returns {Bindings}
   */
  #bind(callee, call) {
    const bindings = new Map()
    for (const [index, parameter] of callee.parameters.entries()) {
      const argument = call.arguments[index] ?? parameter.initializer
      if (argument !== undefined) bindings.set(parameter, argument)
    }
    return bindings
  }

  /**
   * The texts that an expression can be.
   *
   * @param {ts.Expression | undefined} node
   * @param {Bindings} bindings
   * @param {number} depth
   * @returns {Set<string>}
   */
  #text(node, bindings, depth) {
    if (node === undefined || depth > MAX_DEPTH) return new Set()
    const followed = this.#follow(node, bindings, depth)
    const allowed = literalsOf(this.checker.getTypeAtLocation(node))
    // A type says what may be there at this place; the way there, what is.
    if (allowed === undefined || followed.size === 0) return allowed ?? followed
    return new Set([...followed].filter((text) => allowed.has(text)))
  }

  /**
   * @param {ts.Expression} node
   * @param {Bindings} bindings
   * @param {number} depth
   * @returns {Set<string>}
   */
  #follow(node, bindings, depth) {
    const next = (/** @type {ts.Expression} */ inner) => this.#text(inner, bindings, depth + 1)
    if (ts.isStringLiteralLike(node)) return new Set([node.text])
    if (ts.isTemplateExpression(node)) return this.#template(node, next)
    if (ts.isIdentifier(node)) return this.#trace(node, undefined, bindings, depth)
    if (ts.isPropertyAccessExpression(node)) {
      return this.#isOfRefusal(node) ? new Set() : this.#member(node.expression, node.name.text, bindings, depth + 1)
    }
    if (ts.isElementAccessExpression(node)) return this.#everyMember(node.expression, next)
    if (ts.isCallExpression(node)) {
      return union(this.#returned(node).map(([value, scope]) => this.#text(value, scope, depth + 1)))
    }
    return union(partsOf(node).map(next))
  }

  /**
   * What a call returns, each with what the parameters stand for at that call.
   *
   * @param {ts.CallExpression} call
   * @returns {[value: ts.Expression, bindings: Bindings][]}
   */
  #returned(call) {
    const callee = this.checker.getResolvedSignature(call)?.declaration
    if (callee === undefined || ts.isJSDocSignature(callee)) return []
    return returnsOf(callee).map((value) => [value, this.#bind(callee, call)])
  }

  /**
   * The texts that a member of an object can be.
   *
   * @param {ts.Expression} node
   * @param {string} name
   * @param {Bindings} bindings
   * @param {number} depth
   * @returns {Set<string>}
   */
  #member(node, name, bindings, depth) {
    if (depth > MAX_DEPTH) return new Set()
    if (ts.isObjectLiteralExpression(node)) return this.#literalMember(node, name, bindings, depth)
    if (ts.isIdentifier(node)) {
      const traced = this.#trace(node, name, bindings, depth)
      if (traced.size > 0) return traced
    }
    if (ts.isCallExpression(node)) {
      const found = union(this.#returned(node).map(([value, scope]) => this.#member(value, name, scope, depth + 1)))
      if (found.size > 0) return found
    }
    const parts = union(partsOf(node).map((part) => this.#member(part, name, bindings, depth + 1)))
    return parts.size > 0 ? parts : this.#typedMember(node, name)
  }

  /**
   * @param {ts.ObjectLiteralExpression} node
   * @param {string} name
   * @param {Bindings} bindings
   * @param {number} depth
   */
  #literalMember(node, name, bindings, depth) {
    const found = node.properties.map((property) => {
      if (ts.isSpreadAssignment(property)) return this.#member(property.expression, name, bindings, depth + 1)
      if (property.name?.getText() !== name) return new Set()
      if (ts.isShorthandPropertyAssignment(property)) return this.#text(property.name, bindings, depth + 1)
      return ts.isPropertyAssignment(property) ? this.#text(property.initializer, bindings, depth + 1) : new Set()
    })
    return union(found)
  }

  /**
   * @param {ts.Expression} node
   * @param {string} name
   * @returns {Set<string>}
   */
  #typedMember(node, name) {
    const property = this.checker.getTypeAtLocation(node).getProperty(name)
    return (property && literalsOf(this.checker.getTypeOfSymbolAtLocation(property, node))) ?? new Set()
  }

  /**
   * Follows a name to what it stands for: an argument, at this call or at all there are, or the value of a constant.
   *
   * @param {ts.Identifier} node
   * @param {string | undefined} name of a member of it
   * @param {Bindings} bindings
   * @param {number} depth
   * @returns {Set<string>}
   */
  #trace(node, name, bindings, depth) {
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.checker.getSymbolAtLocation(node)
    const declaration = symbol?.valueDeclaration
    if (symbol === undefined || declaration === undefined) return new Set()
    const read = (/** @type {ts.Expression} */ value, /** @type {string | undefined} */ member, scope = bindings) =>
      member === undefined ? this.#text(value, scope, depth + 1) : this.#member(value, member, scope, depth + 1)
    const readAll = (/** @type {ts.ParameterDeclaration} */ parameter, /** @type {string | undefined} */ member) =>
      union(this.#arguments(parameter, bindings).map((value) => read(value, member, new Map())))
    if (ts.isParameter(declaration)) return readAll(declaration, name)
    if (ts.isVariableDeclaration(declaration)) {
      return declaration.initializer ? read(declaration.initializer, name) : new Set()
    }
    if (!ts.isBindingElement(declaration) || name !== undefined) return new Set()
    const fallback = declaration.initializer ? [read(declaration.initializer, undefined)] : []
    const member = (declaration.propertyName ?? declaration.name).getText()
    const holder = declaration.parent.parent
    if (ts.isParameter(holder)) return union([readAll(holder, member), ...fallback])
    return union([holder.initializer ? read(holder.initializer, member) : new Set(), ...fallback])
  }

  /**
   * What is given for a parameter: at the call that is looked at, else at all calls.
   *
   * @param {ts.ParameterDeclaration} parameter
   * @param {Bindings} bindings
   * @returns {ts.Expression[]}
   */
  #arguments(parameter, bindings) {
    const bound = bindings.get(parameter)
    if (bound !== undefined) return [bound]
    const index = parameter.parent.parameters.indexOf(parameter)
    return (this.calls.get(parameter.parent) ?? []).flatMap((call) => call.arguments[index] ?? [])
  }

  /**
   * @param {ts.TemplateExpression} node
   * @param {(inner: ts.Expression) => Set<string>} next
   */
  #template({ head, templateSpans }, next) {
    let texts = [head.text]
    for (const { expression, literal } of templateSpans) {
      texts = texts.flatMap((text) => [...next(expression)].map((value) => text + value + literal.text))
    }
    return new Set(texts)
  }

  /**
   * Every value of a table.
   *
   * @param {ts.Expression} node
   * @param {(inner: ts.Expression) => Set<string>} next
   */
  #everyMember(node, next) {
    const declaration = this.checker.getSymbolAtLocation(node)?.valueDeclaration
    const table = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined
    if (table === undefined || !ts.isObjectLiteralExpression(table)) return new Set()
    return union(table.properties.filter(ts.isPropertyAssignment).map(({ initializer }) => next(initializer)))
  }

  /**
   * Whether an expression is a part of another refusal, which is counted where it is made.
   *
   * @param {ts.Expression} node
   */
  #isOfRefusal(node) {
    if (ts.isPropertyAccessExpression(node)) return this.#isRefusal(node.expression)
    const declaration = ts.isIdentifier(node) ? this.checker.getSymbolAtLocation(node)?.valueDeclaration : undefined
    return declaration !== undefined && ts.isBindingElement(declaration) && this.#isRefusal(declaration.parent)
  }

  /** @param {ts.Node} node */
  #isRefusal(node) {
    return this.checker.getTypeAtLocation(node).symbol?.name === this.className
  }

  /** @param {ts.CallExpression} call */
  #index(call) {
    const declaration = this.checker.getResolvedSignature(call)?.declaration
    if (declaration !== undefined) this.calls.set(declaration, [...(this.calls.get(declaration) ?? []), call])
  }
}

/**
 * The texts of a type that allows a few and no others.
 *
 * @param {ts.Type} type
 * @returns {Set<string> | undefined}
 */
function literalsOf(type) {
  const types = (type.isUnion() ? type.types : [type]).filter(({ flags }) => !(flags & ts.TypeFlags.Undefined))
  const texts = types.flatMap((member) => (member.isStringLiteral() ? [member.value] : []))
  return texts.length > 0 && texts.length === types.length ? new Set(texts) : undefined
}

/**
 * The expressions whose value may be that of an expression.
 *
 * @param {ts.Expression} node
 * @returns {ts.Expression[]}
 */
function partsOf(node) {
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse]
  if (ts.isBinaryExpression(node)) return [node.left, node.right]
  if (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) return [node.expression]
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return [node.expression]
  return []
}

/**
 * What a function returns.
 *
 * @param {ts.Node} callee
 * @returns {ts.Expression[]}
 */
function returnsOf(callee) {
  if (ts.isArrowFunction(callee) && !ts.isBlock(callee.body)) return [callee.body]
  const body =
    ts.isFunctionDeclaration(callee) || ts.isMethodDeclaration(callee) || ts.isArrowFunction(callee)
      ? callee.body
      : undefined
  return body === undefined
    ? []
    : [...nodesOf(body)].flatMap((node) => (ts.isReturnStatement(node) && node.expression ? [node.expression] : []))
}

/**
 * @param {ts.Node} node
 * @returns {Generator<ts.Node>}
 */
function* nodesOf(node) {
  yield node
  /** @type {ts.Node[]} */
  const children = []
  ts.forEachChild(node, (child) => {
    children.push(child)
  })
  for (const child of children) yield* nodesOf(child)
}

/**
 * @param {readonly ReadonlySet<string>[]} sets
 * @returns {Set<string>}
 */
function union(sets) {
  return new Set(sets.flatMap((set) => [...set]))
}
