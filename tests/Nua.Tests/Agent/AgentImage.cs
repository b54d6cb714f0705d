using System.Diagnostics;
using System.Text.Json.Nodes;
using Nua.Agent;
using Nua.Agent.Settings;
using Nua.Agent.Verbs;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Tests.Agent;

internal sealed record AgentResult(int Code, string Output, string Error);

/// <summary>
/// A root folder as an image would have it. Verbs run inside the test process on it through <see cref="Paths"/>, or as
/// the published program, as the first process of new user, mount and process namespaces with this folder as its root.
/// </summary>
internal sealed class AgentImage : IDisposable
{
    private static readonly string[] _verbs = ["start", "stop", "restart", "healthcheck", "upgrade", "rollback",
        "backup", "restore"];

    public AgentImage()
    {
        Root = Directory.CreateTempSubdirectory("nua-agent-").FullName;
        foreach (
            var folder in (string[])["nua/bin", "nua/app", "nua/scripts", "nua/metadata", "nua/data", "nua/cache",
            "nua/backup", "run", "dev", "proc", "tmp", "usr"])
        {
            Directory.CreateDirectory(At("/" + folder));
        }

        foreach (var link in (string[])["bin", "sbin", "lib", "lib64"])
        {
            File.CreateSymbolicLink(At("/" + link), "usr/" + link);
        }

        File.WriteAllText(At("/dev/null"), "");
        Config = JsonNode.Parse("""
            {"schema":1,"metadata":{"id":"notes","version":"1.0","title":"Notes"},"build":{"license":"MIT"},"env":{},"lifecycle":{},
             "runtime":{"app_id":"notes","version":"1.0","port":8080,"ports":[{"name":"web","port":8080,"protocol":"tcp"}],
              "start":{"argv":[],"shell":[],"static_root":null,"spa":false,"workdir":"/nua/app"},
              "stop":{"signal":"SIGTERM","timeout":5},"data_version":0,"upgrade_from":0}}
            """)!.AsObject();
        Port = FreePort();
        Variables["PATH"] = "/usr/bin:/bin";
        Variables["PORT"] = $"{Port}";
    }

    public string Root { get; }

    public Paths Paths => new(Root);

    public JsonObject Config { get; }

    public JsonObject Runtime => Config["runtime"]!.AsObject();

    public int Port { get; }

    public Variables Variables { get; } = new();

    /// <summary>A file that the agent gets as descriptor 3, as engines hand over sockets.</summary>
    public string? Inherited { get; set; }

    public string At(string path) => Root + path;

    public string Data(string name) => At("/nua/data/" + name);

    public string? DataVersion =>
        File.Exists(Data(".nua/data-version")) ? File.ReadAllText(Data(".nua/data-version")).Trim() : null;

    public void Write(string path, string text, uint mode = 0x180)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        SetMode(At(path), mode);
    }

    public void Script(string verb, string body) =>
        Write("/nua/scripts/" + verb, body, mode: 0x1C0);

    /// <summary>A command as a shell line of the packager.</summary>
    public void Command(string verb, string line)
    {
        Runtime[verb] ??= new JsonObject();
        Runtime[verb]!["command"] = line;
    }

    /// <summary>Runs a verb in the test process.</summary>
    /// <returns>its exit code, problems included.</returns>
    public int Do(string verb, params string[] arguments)
    {
        SaveConfig();
        try
        {
            return VerbProgram.Run(Paths, Variables, verb, arguments);
        }
        catch (ProblemException e)
        {
            LastProblem = e;
            return e.ExitCode;
        }
    }

    public ProblemException? LastProblem { get; private set; }

    /// <summary>Runs the published program to its end.</summary>
    public AgentResult Run(params string[] arguments)
    {
        using var running = Start(arguments);
        return running.Wait();
    }

    public RunningAgent Start(params string[] arguments)
    {
        SaveConfig();
        if (!File.Exists(At("/nua/bin/nua-agent")))
        {
            File.Copy(AgentBinary.Path, At("/nua/bin/nua-agent"));
            foreach (var verb in _verbs)
            {
                if (!File.Exists(At("/nua/scripts/" + verb)))
                {
                    File.CreateSymbolicLink(At("/nua/scripts/" + verb), "/nua/bin/nua-agent");
                }
            }
        }

        var enter = (Inherited is null ? "" : "exec 3<\"$0" + Inherited + "\" && ") + "mount --rbind /usr \"$0/usr\" && mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";
        string[] all = ["--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter,
            Root, .. Program(arguments)];
        var start = new ProcessStartInfo("unshare", all) { RedirectStandardOutput = true,
            RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in Variables.All)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        return new RunningAgent(Process.Start(start)!);
    }

    public void SaveConfig()
    {
        var (path, text) = (At("/nua/metadata/nua-config.json"), Config.ToJsonString());
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            File.WriteAllText(path, text);
        }
    }

    public void Dispose()
    {
        foreach (
            var folder in Directory.GetDirectories(Root, "*",
            new EnumerationOptions { RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            SetMode(folder, 0x1C0);
        }

        // .NET cannot delete names that are not UTF-8.
        Process.Start("rm", ["-rf", Root]).WaitForExit();
    }

    public static void SetMode(string path, uint mode) =>
        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), mode, 0), "chmod", path);

    private static string[] Program(string[] arguments) =>
        arguments is [['/', ..], ..] ? arguments : ["/nua/bin/nua-agent", .. arguments];

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The published agent at work.</summary>
internal sealed class RunningAgent : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public RunningAgent(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The first process of the container, as this host numbers it.</summary>
    public int Pid
    {
        get
        {
            for (var i = 0; i < 300; i++)
            {
                var children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ',
                    StringSplitOptions.RemoveEmptyEntries);
                if (children.Length > 0
                    && File.ReadAllText($"/proc/{children[0]}/cmdline").StartsWith("/nua/", StringComparison.Ordinal))
                {
                    return int.Parse(children[0]);
                }

                Thread.Sleep(10);
            }

            throw new TimeoutException("the agent did not start");
        }
    }

    public void Signal(int signal) => Assert.Equal(0, Libc.Kill(Pid, signal));

    public long ResidentKilobytes => File.ReadAllLines($"/proc/{Pid}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line["VmHWM:".Length..^2].Trim())).Single();

    public AgentResult Wait()
    {
        if (!_process.WaitForExit(_limit))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the agent did not end: {_error.Result}");
        }

        return new AgentResult(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
