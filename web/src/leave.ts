/** The administration's page after signing out ends this browser's pushes as the staff pages do. */
import { leaveChair } from "./wishes/browser";

// Where it fails, the staff page still remembers whose they are, and the next one there ends them.
void leaveChair().catch(() => undefined);
