import {
  applyDecorators,
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import {
  Bulkhead,
  CircuitBreaker,
  currentAttempt,
  Fallback,
  LooseCouplingModule,
  Resilient,
  Retry,
  Timeout,
} from 'nestjs-loose-coupling';
import { of, type Observable } from 'rxjs';

const Roles = Reflector.createDecorator<string[]>();
const Role = (role: string) => SetMetadata('role', role);

function roleOf(context: ExecutionContext): string | undefined {
  return context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['x-role'];
}

/** As guards are written: where no role is asked for, everybody may pass. Lost metadata opens the route. */
@Injectable()
class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    const role = this.reflector.getAllAndOverride<string | undefined>('role', places);
    const roles = this.reflector.getAllAndOverride(Roles, places) ?? (role === undefined ? [] : [role]);
    return roles.length === 0 || roles.includes(roleOf(context) ?? 'nobody');
  }
}

@Injectable()
class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return roleOf(context) === 'admin';
  }
}

const Admin = () => applyDecorators(Role('admin'), UseGuards(AdminGuard));
const Resilience = () => applyDecorators(Retry({ maxAttempts: 2 }), Timeout(5_000));

/** Shows that the call went through the policies. */
const attempt = (): string => `attempt ${currentAttempt()?.attempt}`;

abstract class Inherited {
  @Retry()
  @Roles(['admin'])
  @Get('inherited')
  async inherited(): Promise<string> {
    return attempt();
  }
}

@Controller()
@Resilient()
export class GuardedController extends Inherited {
  @Get('open')
  @Retry()
  async open(): Promise<string> {
    return attempt();
  }

  @Roles(['admin'])
  @Get('above')
  @Retry()
  async above(): Promise<string> {
    return attempt();
  }

  @Retry()
  @Get('below')
  @Roles(['admin'])
  async below(): Promise<string> {
    return attempt();
  }

  @Get('roles-below')
  @Retry()
  @Roles(['admin'])
  async rolesBelow(): Promise<string> {
    return attempt();
  }

  @Retry()
  @Role('admin')
  @Timeout(5_000)
  @Get('between')
  @CircuitBreaker()
  async between(): Promise<string> {
    return attempt();
  }

  @UseGuards(AdminGuard)
  @Get('guard-above')
  @Retry()
  async guardAbove(): Promise<string> {
    return attempt();
  }

  @Get('guard-below')
  @Fallback(() => 'hidden')
  @Retry()
  @Bulkhead(5)
  @UseGuards(AdminGuard)
  @HttpCode(200)
  async guardBelow(): Promise<string> {
    return attempt();
  }

  @Admin()
  @Resilience()
  @Get('composed-above')
  async composedAbove(): Promise<string> {
    return attempt();
  }

  @Resilience()
  @Admin()
  @Get('composed-below')
  async composedBelow(): Promise<string> {
    return attempt();
  }

  @Retry()
  @Resilient({ returns: 'observable' })
  @Roles(['admin'])
  @Get('observable')
  observable(): Observable<string> {
    return of(attempt());
  }
}

@Module({
  imports: [LooseCouplingModule.forRoot({ service: 'guarded' })],
  controllers: [GuardedController],
  providers: [{ provide: APP_GUARD, useClass: RolesGuard }],
})
export class GuardedModule {}

export const PROTECTED_ROUTES = [
  'above',
  'below',
  'roles-below',
  'between',
  'guard-above',
  'guard-below',
  'composed-above',
  'composed-below',
  'observable',
  'inherited',
];
