import { LooseCouplingModule } from 'nestjs-loose-coupling';
