using System.Globalization;
using System.Runtime.InteropServices;
using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Foundation.Linux;

namespace Nua.Agent.Verbs;

/// <summary><c>start</c>: checks settings and data, renders, and becomes the application.</summary>
internal static class StartVerb
{
    public static int Run(VerbContext context)
    {
        SecretFiles.Require(context.Variables, context.Config);
        using var held = TakeData(context);
        held?.KeepAcrossExec();
        VerbProgram.Render(context);
        return Execute(context);
    }

    /// <summary>
    /// Checks the data and takes its lock, which the application then holds for as long as it lives. Data that an image
    /// without data versions finds is recorded here; anything else is for <c>upgrade</c>.
    /// </summary>
    public static DataLock? TakeData(VerbContext context)
    {
        var (data, config) = (context.Data, context.Config);
        var state = DataCheck.ForStart(data, config, context.Variables);
        if (state == DataState.Empty && config.DataVersion > 0)
        {
            throw Refusal.DataNotInstalled();
        }

        DataLock? held = null;
        if (state != DataState.Stateless && context.Variables[DataLock.HeldVariable] != "init")
        {
            held = DataLock.Take(data, shared: config.Overlap);
            state = DataCheck.ForStart(data, config, context.Variables);
        }

        try
        {
            if (state is DataState.Empty or DataState.Unrecorded)
            {
                data.WriteOwn(DataFolder.AppFile, config.AppId);
                data.WriteVersion(config.DataVersion);
            }

            if (state != DataState.Stateless)
            {
                SecretMarks.Require(data, config, context.Variables);
            }

            context.Environment.CreateHome(context.Paths);
            return held;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    private static int Execute(VerbContext context)
    {
        var start = context.Config.Start;
        var variables = WithSockets(context.Variables.With((DataLock.HeldVariable, null)));
        var workDir = context.Paths.At(start.WorkDir);
        if (start.StaticRoot is { } root)
        {
            string[] serve = [context.Paths.Agent, "serve", context.Paths.At(root), .. start.Spa
                ? (string[])["--spa"] : []];
            return Become(context.Paths.Agent, serve, variables, keepMask: true);
        }

        if (Native.ChDir(Posix.Path(workDir)) < 0 && Posix.LastError != Libc.ENoEnt)
        {
            throw Refusal.CannotExecute(workDir, ExitCode.Permission, "the start folder cannot be entered");
        }

        if (start.Shell.Count > 0)
        {
            return Become("/bin/sh", ["/bin/sh", "-e", "-c", ShellScript.Compose(start.Shell)], variables);
        }

        if (start.Argv.Count == 0)
        {
            throw Refusal.NoStart();
        }

        var argv = new List<string>(start.Argv.Count);
        foreach (var argument in start.Argv)
        {
            argv.Add(context.Config.IsWrapped ? argument : Expansion.Expand(argument, variables));
        }

        var file = Executable.Find(argv[0], variables, workDir)
            ?? throw Refusal.CannotExecute(argv[0], ExitCode.NotFound, "it is not in PATH");
        return Become(file, argv, variables);
    }

    /// <summary>
    /// Sockets that systemd or Podman opened are for the process that <c>LISTEN_PID</c> names: the first one, and from here on the application.
    /// </summary>
    private static Variables WithSockets(Variables variables)
    {
        var own = Native.GetPid();
        return int.TryParse(variables["LISTEN_PID"], NumberStyles.None, CultureInfo.InvariantCulture, out var named)
            && (named == own || named == Native.GetParentPid())
            ? variables.With(("LISTEN_PID", own.ToString(CultureInfo.InvariantCulture))) : variables;
    }

    private static int Become(string file, IReadOnlyList<string> argv, Variables variables, bool keepMask = false)
    {
        var error = Executable.Replace(file, argv, variables, keepMask);
        if (error == Native.ENoExec && Executable.IsExecutable("/bin/sh"))
        {
            error = Executable.Replace("/bin/sh", ["sh", file, .. argv.Skip(1)], variables);
        }

        var code = error == Libc.ENoEnt ? ExitCode.NotFound : ExitCode.NotExecutable;
        throw Refusal.CannotExecute(file, code, Marshal.GetPInvokeErrorMessage(error));
    }
}
