import type { MethodDeclaration } from '../../registry/method-declaration.js';
import { ownMethods } from './own-methods.js';

/** Where a method was written: a prototype, or a class for its static ones. */
export interface MethodHome {
  readonly target: object;
  readonly key: string | symbol;
}

/**
 * What a method declares, for each class that has it. Classes that inherit it call different things, so what the method has for itself
 * is each class's own; what has a name is shared all the same.
 */
export class ClassDeclarations {
  private own: MethodDeclaration | undefined;
  private inherited = new WeakMap<object, MethodDeclaration>();

  constructor(
    private readonly origin: MethodHome,
    private readonly declare: () => MethodDeclaration,
  ) {}

  /** Of the class that the method was written in. */
  get home(): MethodDeclaration {
    return (this.own ??= this.declare());
  }

  /** For a call on `self`: a class for static methods, otherwise an object. */
  of(self: unknown): MethodDeclaration {
    const type = typeof self === 'function' ? self : typeOf(self);
    return typeof type === 'function' ? this.forClass(type) : this.home;
  }

  /** The method's home for every class that does not extend it. */
  forClass(type: object): MethodDeclaration {
    const { home } = this;
    if (home.policies.every(({ name }) => name !== undefined)) return home;
    const known = this.inherited.get(type);
    if (known) return known;
    const declaration = this.isHeir(type) ? { ...home, name: this.nameIn(type) } : home;
    this.inherited.set(type, declaration);
    return declaration;
  }

  /** The draft has changed. */
  forget(): void {
    this.own = undefined;
    this.inherited = new WeakMap();
  }

  private isHeir(type: object): boolean {
    const { target } = this.origin;
    return inherits(typeof target === 'function' ? type : prototypeOf(type), target);
  }

  /** An overriding method with policies of its own has the plain name: this one is reached through its `super`. */
  private nameIn(type: object): string {
    const { target, key } = this.origin;
    const name = (type as { name?: unknown }).name;
    if (typeof name !== 'string' || name === '') return this.home.name;
    for (let at = typeof target === 'function' ? type : prototypeOf(type); at && at !== target;) {
      if (ownMethods(at).has(key)) return `${this.home.name} of ${name}`;
      at = Object.getPrototypeOf(at) as object | null;
    }
    return `${name}.${String(key)}`;
  }
}

/** What an object says it was made by. */
export function typeOf(self: unknown): unknown {
  return (self as { constructor?: unknown } | null | undefined)?.constructor;
}

function prototypeOf(type: object): object | null {
  const { prototype } = type as { prototype?: unknown };
  return typeof prototype === 'object' ? prototype : null;
}

const inherits = (heir: object | null, target: object): boolean =>
  heir !== null && Object.prototype.isPrototypeOf.call(target, heir);
