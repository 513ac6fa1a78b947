import { SyncMethodError } from '../../errors/sync-method.error.js';
import { UndeclaredStreamError } from '../../errors/undeclared-stream.error.js';
import type { CompiledPipeline } from '../../pipeline/policy-set.port.js';
import type { MethodDeclaration } from '../../registry/method-declaration.js';
import { ResilientIteration } from '../streams/resilient-iteration.js';
import { observeThrough } from '../streams/observe-through.js';
import type { StreamCall } from '../streams/stream-call.js';
import { ClassDeclarations, typeOf, type MethodHome } from './class-declarations.js';
import { MethodDraft } from './method-draft.js';
import { kindOf, type MethodReturns } from './method-returns.js';
import { PipelineBinding } from './pipeline-binding.js';
import type { PipelineSource } from './pipeline-source.js';

export type AnyMethod = (this: unknown, ...args: never[]) => unknown;
/** A method whose first answers are promises; the type of what pipelines call. */
type PromisingMethod = (...args: never[]) => PromiseLike<unknown>;

/** A method behind resilience decorators: what they declared, which registry runs it, and how it is called. */
export class DecoratedMethod {
  /**
   * What the wrapper runs straight away for `directType`: set once the method is known to return promises, while one registry
   * runs all instances. Everything else goes through `call`.
   */
  direct: CompiledPipeline | undefined;
  /** The `constructor` of the objects that `direct` is for: each class that inherits the method has a pipeline of its own. */
  directType: unknown;

  readonly draft = new MethodDraft();
  private readonly binding: PipelineBinding;
  defaults: MethodDraft | undefined;
  private readonly declarations: ClassDeclarations;
  private refusal: SyncMethodError | UndeclaredStreamError | undefined;

  constructor(
    /** `Class.method`. */
    readonly name: string,
    home: MethodHome,
    readonly original: AnyMethod,
    public returns: MethodReturns | 'unknown',
  ) {
    this.declarations = new ClassDeclarations(home, () => this.draft.declare(this.name, this.defaults));
    this.binding = new PipelineBinding(this.declarations);
  }

  get declaration(): MethodDeclaration {
    return this.declarations.home;
  }

  /** What the method declares where `type` has it, itself or by inheritance. */
  declarationFor(type: object): MethodDeclaration {
    return this.declarations.forClass(type);
  }

  /** Takes what the class says for all its decorated methods. */
  useDefaults(defaults: MethodDraft): void {
    this.defaults = defaults;
    this.changed();
  }

  /** To be called after every change of the draft. */
  changed(): void {
    this.declarations.forget();
    this.rebind();
  }

  bind(source: PipelineSource): void {
    this.binding.add(source);
    this.rebind();
  }

  unbind(source: PipelineSource): void {
    this.binding.delete(source);
    this.rebind();
  }

  retire(source: PipelineSource): void {
    this.binding.retire(source);
    this.rebind();
  }

  bindInstance(instance: object, source: PipelineSource): void {
    this.binding.addInstance(instance, source);
  }

  call(self: unknown, args: readonly unknown[]): unknown {
    switch (this.returns) {
      case 'observable':
        return observeThrough(this.streamCall(self, args));
      case 'asyncIterable':
        return new ResilientIteration(this.streamCall(self, args));
      case 'promise': {
        const pipeline = this.binding.resolve(self);
        if (this.binding.isShared && typeof self !== 'function') {
          this.directType = typeOf(self);
          this.direct = pipeline;
        }
        return pipeline.call(this.original as PromisingMethod, self, args);
      }
      case 'unknown':
        return this.callAndLook(self, args);
    }
  }

  private streamCall(self: unknown, args: readonly unknown[]): StreamCall {
    return {
      name: this.name,
      self,
      args,
      open: () => this.original.apply(self, args as never[]),
      pipeline: () => this.binding.resolve(self),
    };
  }

  /** Calls a method of which nothing is known, and learns from what it returns. */
  private callAndLook(self: unknown, args: readonly unknown[]): unknown {
    if (this.refusal) throw this.refusal;
    const result = this.binding.resolve(self).call(this.looking(), self, args);
    // Without a wait before it the method has run by now, and its caller, who expects a value, is told at once.
    if (this.refusal as unknown) {
      result.catch(() => undefined);
      throw this.refusal;
    }
    return result.then((value) => {
      if (this.refusal) throw this.refusal;
      return value;
    });
  }

  private looking(): PromisingMethod {
    const { original, learn } = this;
    return function (this: unknown, ...args: never[]) {
      const answer = original.apply(this, args);
      learn(answer);
      return answer as PromiseLike<unknown>;
    };
  }

  /** Lets the answer pass even when it is refused: the policies are to see that nothing failed. */
  private readonly learn = (answer: unknown): void => {
    const kind = kindOf(answer);
    if (kind === 'promise') this.returns = 'promise';
    else if (kind) this.refusal = new UndeclaredStreamError(this.name, kind);
    else this.refusal = new SyncMethodError(this.name, describe(answer));
  };

  private rebind(): void {
    this.direct = undefined;
    this.binding.forget();
  }
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null ? `${value}` : `a ${typeof value}`;
  return `an instance of ${Object.getPrototypeOf(value)?.constructor?.name ?? 'Object'}`;
}
