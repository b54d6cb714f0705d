namespace Nua.Agent.Verbs;
internal static class BackupVerb { public static int Run(VerbContext c) => 3; }
internal static class RestoreVerb { public static int Run(VerbContext c) => 3; }
