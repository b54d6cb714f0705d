using System.Text.Json.Nodes;
using Nua.Agent;

namespace Nua.Tests.Agent;

/// <summary>The published agent as the first process of a container.</summary>
public sealed class InitTests : IDisposable
{
    private const int _interrupt = 2, _quit = 3, _terminate = 15;
    private const string _loop = "touch /nua/data/ready; while :; do sleep 0.05; done";
    private readonly AgentImage _image = new();

    public void Dispose() => _image.Dispose();

    [Fact]
    public void Empty_data_is_installed_and_the_application_started_in_the_resolved_environment()
    {
        _image.Runtime["data_version"] = 3;
        _image.Command("upgrade",
            "echo \"$NUA_VERB $NUA_REASON $NUA_FROM_DATA_VERSION $NUA_TO_DATA_VERSION\" > /nua/data/installed");
        StartLine("env > /nua/data/env");

        var result = _image.Run("init");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("upgrade install 0 3\n", File.ReadAllText(_image.Data("installed")));
        Assert.Equal("3", _image.DataVersion);
        var env = File.ReadAllLines(_image.Data("env"));
        string[] expected =
        [
            $"PORT={_image.Port}", $"PORT_WEB={_image.Port}", "HOME=/nua/data/home", "TMPDIR=/tmp", "TZ=UTC",
            "LANG=C.UTF-8",
            "XDG_CACHE_HOME=/nua/cache", "XDG_RUNTIME_DIR=/run/nua", "NUA_CONTRACT=1", "NUA_VERB=start",
            "NUA_REASON=manual", "NUA_APP_ID=notes",
            "NUA_INSTANCE=notes", "NUA_VERSION=1.0", "NUA_DATA_VERSION=3", "NUA_DATA_DIR=/nua/data",
            "NUA_CACHE_DIR=/nua/cache",
            "NUA_RUN_DIR=/run/nua", "NUA_BACKUP_DIR=/nua/backup", "NUA_SECRETS_DIR=/run/secrets", "NUA_ETC=/nua/etc",
        ];
        Assert.Empty(expected.Except(env));
        Assert.DoesNotContain(env, line => line.StartsWith("NUA_DATA_LOCK", StringComparison.Ordinal));
    }

    [Fact]
    public void Sockets_that_were_handed_over_are_the_applications()
    {
        StartLine("echo \"$LISTEN_FDS $(($LISTEN_PID - $$))\" > /nua/data/told; cat <&3 > /nua/data/got");
        _image.Write("/nua/etc/given", "through the descriptor");
        _image.Inherited = "/nua/etc/given";
        _image.Variables["LISTEN_FDS"] = "1";
        _image.Variables["LISTEN_PID"] = "1";

        var result = _image.Run("init");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("1 0\n", File.ReadAllText(_image.Data("told")));
        Assert.Equal("through the descriptor", File.ReadAllText(_image.Data("got")));
    }

    [Fact]
    public void Sockets_of_another_process_are_not_the_applications()
    {
        StartLine("echo \"$LISTEN_PID\" > /nua/data/told");
        _image.Variables["LISTEN_FDS"] = "1";
        _image.Variables["LISTEN_PID"] = "12345";

        Assert.Equal(0, _image.Run("init").Code);
        Assert.Equal("12345\n", File.ReadAllText(_image.Data("told")));
    }

    [Fact]
    public void Second_start_on_current_data_does_not_install_again()
    {
        _image.Command("upgrade", "echo x >> /nua/data/installs");
        StartLine("true");

        Assert.Equal(0, _image.Run("init").Code);
        Assert.Equal(0, _image.Run("init").Code);
        Assert.Equal("x\n", File.ReadAllText(_image.Data("installs")));
    }

    [Fact]
    public void Installation_that_fails_ends_the_start_and_is_tried_again()
    {
        _image.Command("upgrade", "echo x >> /nua/data/tries; test $(wc -l < /nua/data/tries) -ge 2 || exit 69");
        StartLine("true");

        Assert.Equal(69, _image.Run("init").Code);
        Assert.Equal(0, _image.Run("init").Code);
        Assert.Equal("0", _image.DataVersion);
    }

    [Fact]
    public void Script_of_the_packager_for_upgrade_has_its_records_kept()
    {
        _image.Runtime["data_version"] = 4;
        _image.Script("upgrade", "#!/bin/sh\necho \"$NUA_FROM_DATA_VERSION\" > /nua/data/from\n");
        StartLine("true");

        var result = _image.Run("init");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("0\n", File.ReadAllText(_image.Data("from")));
        Assert.Equal("4", _image.DataVersion);
    }

    [Fact]
    public void Script_of_the_packager_for_start_is_run_in_the_prepared_environment()
    {
        _image.Write("/nua/scripts/templates/app.conf.j2", "title={{ title }} port={{ PORT }} older={{ metadata.title }}:{{ env.PORT }}\n");
        _image.Script("start", "#!/bin/sh\ncat \"$NUA_ETC/app.conf\" > /nua/data/seen\n");

        var result = _image.Run("init");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal($"title=Notes port={_image.Port} older=Notes:{_image.Port}\n", File.ReadAllText(_image.Data("seen")));
    }

    [Fact]
    public void Older_data_is_refused_with_65_and_the_command_that_upgrades_it()
    {
        _image.Write("/nua/data/.nua/data-version", "1\n");
        _image.Runtime["data_version"] = 2;
        StartLine("true");

        var result = _image.Run("init");

        Assert.Equal(ExitCode.Data, result.Code);
        Assert.Contains("IMAGE upgrade", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public void Status_of_the_application_is_the_containers(string line, int status)
    {
        StartLine(line);

        Assert.Equal(status, _image.Run("init").Code);
    }

    [Fact]
    public void Program_that_does_not_exist_is_127_and_unknown_verb_or_argument_64()
    {
        StartProgram("no-such-program");

        Assert.Equal(ExitCode.NotFound, _image.Run("init").Code);
        Assert.Equal(ExitCode.NotFound, _image.Run("init", "--", "/no/such/program").Code);
        Assert.Equal(ExitCode.Usage, _image.Run("init", "dance").Code);
        Assert.Equal(ExitCode.Usage, _image.Run("/nua/scripts/start", "now").Code);
        Assert.Equal(ExitCode.Usage, _image.Run("sing").Code);
    }

    [Fact]
    public void Variables_in_an_argv_are_expanded_and_nothing_else()
    {
        StartProgram("sh", "-c", "printf '%s\\n' \"$@\" > /nua/data/args", "x", "--port=$PORT", "${NUA_APP_ID}",
            "$UNKNOWN", "a b;c");

        Assert.Equal(0, _image.Run("init").Code);
        Assert.Equal($"--port={_image.Port}\nnotes\n$UNKNOWN\na b;c\n", File.ReadAllText(_image.Data("args")));
    }

    [Theory]
    [InlineData(10, "USR1")]
    [InlineData(1, "HUP")]
    [InlineData(28, "WINCH")]
    [InlineData(40, "40")]
    public void Other_signals_reach_the_application(int signal, string name)
    {
        StartLine($"trap 'exit 5' {name}; {_loop}");
        using var running = _image.Start("init");
        AwaitReady();

        running.Signal(signal);

        Assert.Equal(5, running.Wait().Code);
    }

    [Theory]
    [InlineData("SIGTERM", _terminate, "TERM")]
    [InlineData("SIGINT", _terminate, "INT")]
    [InlineData("SIGQUIT", _quit, "QUIT")]
    [InlineData("SIGRTMIN+3", 37, "37")]
    [InlineData("SIGTERM", _interrupt, "TERM")]
    public void Request_to_end_becomes_the_declared_stop_signal(string declared, int sent, string received)
    {
        _image.Runtime["stop"]!["signal"] = declared;
        StartLine($"trap 'exit 6' {received}; {_loop}");
        using var running = _image.Start("init");
        AwaitReady();

        running.Signal(sent);

        Assert.Equal(6, running.Wait().Code);
    }

    [Fact]
    public void Stop_command_runs_before_the_signal()
    {
        _image.Command("stop", "echo $NUA_VERB $NUA_REASON >> /nua/data/log");
        StartLine($"trap 'echo signal >> /nua/data/log; exit 0' TERM; {_loop}");
        using var running = _image.Start("init");
        AwaitReady();

        running.Signal(_terminate);

        Assert.Equal(0, running.Wait().Code);
        Assert.Equal("stop shutdown\nsignal\n", File.ReadAllText(_image.Data("log")));
    }

    [Fact]
    public void Application_that_does_not_end_is_killed_when_its_time_is_over()
    {
        _image.Runtime["stop"]!["timeout"] = 1;
        StartLine($"trap '' TERM; {_loop}");
        using var running = _image.Start("init");
        AwaitReady();
        var started = Environment.TickCount64;

        running.Signal(_terminate);

        Assert.Equal(137, running.Wait().Code);
        Assert.InRange(Environment.TickCount64 - started, 900, 8000);
    }

    [Fact]
    public void Worker_that_outlives_its_parent_gets_the_time_to_finish()
    {
        _image.Script("start",
            "#!/bin/sh\n(trap 'sleep 0.3; echo done > /nua/data/worker; exit' TERM; touch /nua/data/ready; while :; do sleep 0.05; done) &\nwait\n");
        using var running = _image.Start("init");
        AwaitReady();

        running.Signal(_terminate);
        running.Wait();

        Assert.True(File.Exists(_image.Data("worker")));
    }

    /// <summary>The upgrade goes on to its end, and the application is not begun then.</summary>
    [Fact]
    public void Request_to_end_during_the_installation_is_not_forgotten()
    {
        _image.Command("upgrade", "trap '' TERM; touch /nua/data/ready; sleep 0.5");
        StartLine("touch /nua/data/started; sleep 20");
        using var running = _image.Start("init");
        AwaitReady();

        running.Signal(_terminate);

        Assert.Equal(ExitCode.SignalBase + _terminate, running.Wait().Code);
        Assert.False(File.Exists(_image.Data("started")));
    }

    [Fact]
    public void Orphans_are_reaped()
    {
        StartLine(
            "for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.05 &) ; done; sleep 0.4; cat /proc/[0-9]*/stat | grep -c ' Z ' > /nua/data/zombies || true");

        Assert.Equal(0, _image.Run("init").Code);
        Assert.Equal("0\n", File.ReadAllText(_image.Data("zombies")));
    }

    [Fact]
    public void Second_start_on_the_same_data_exits_75_until_the_first_has_ended()
    {
        StartLine(_loop);
        using var first = _image.Start("init");
        AwaitReady();

        Assert.Equal(ExitCode.Temporary, _image.Run("init").Code);
        Assert.Equal(ExitCode.Temporary, _image.Run("/nua/scripts/start").Code);

        first.Signal(_terminate);
        first.Wait();
        StartLine("true");
        Assert.Equal(0, _image.Run("init").Code);
    }

    [Fact]
    public void Script_called_directly_behaves_as_through_init()
    {
        _image.Runtime["required_settings"] = new JsonArray("SITE_NAME");
        StartLine("env > /nua/data/env; cat $NUA_ETC/x >> /nua/data/env");
        _image.Write("/nua/scripts/templates/x.tmpl", "site=${SITE_NAME}\n");
        Assert.Equal(ExitCode.Setting, _image.Run("/nua/scripts/start").Code);

        _image.Variables["SITE_NAME"] = "Example";
        var result = _image.Run("/nua/scripts/start");

        Assert.True(result.Code == 0, result.Error);
        var env = File.ReadAllLines(_image.Data("env"));
        Assert.Empty(((string[])["HOME=/nua/data/home", "NUA_CONTRACT=1", "site=Example"]).Except(env));
    }

    [Fact]
    public void Secrets_come_as_files_and_as_variables_only_where_asked()
    {
        _image.Write("/run/secrets/SECRET_KEY", "hush-hush\n");
        _image.Write("/run/secrets/TOKEN", "quiet-quiet\n");
        _image.Runtime["secrets"] = JsonNode.Parse(
            """[{"name":"SECRET_KEY","as_variable":true},{"name":"TOKEN","as_variable":false}]""");
        StartLine("env > /nua/data/env");

        Assert.Equal(0, _image.Run("init").Code);
        var env = File.ReadAllLines(_image.Data("env"));
        Assert.Empty(
            ((string[])["SECRET_KEY=hush-hush", "SECRET_KEY_FILE=/run/secrets/SECRET_KEY",
            "TOKEN_FILE=/run/secrets/TOKEN", "CREDENTIALS_DIRECTORY=/run/secrets"]).Except(env));
        Assert.DoesNotContain("TOKEN=quiet-quiet", env);
    }

    [Fact]
    public void Template_that_is_wrong_exits_78_with_file_line_and_column()
    {
        _image.Write("/nua/scripts/templates/etc/app.conf.j2", "a\nb = {{ NOBODY }}\n");
        StartLine("true");

        var result = _image.Run("init");

        Assert.Equal(ExitCode.Setting, result.Code);
        Assert.Contains("/nua/scripts/templates/etc/app.conf.j2:2:8:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_after_two_hyphens_runs_in_the_environment_even_in_a_broken_image()
    {
        _image.Write("/nua/scripts/templates/a.j2", "{{ NOBODY }}");

        var result = _image.Run("init", "--", "sh", "-c", "echo $NUA_APP_ID; exit 9");

        Assert.Equal(9, result.Code);
        Assert.Equal("notes\n", result.Output);

        File.WriteAllText(_image.At("/nua/metadata/nua-config.json"), "{");
        _image.Runtime["app_id"] = "x";
        Assert.Equal(0, _image.Run("init", "--", "true").Code);
    }

    [Fact]
    public async Task Static_site_is_served_healthy_and_small_and_stops_with_0()
    {
        _image.Write("/nua/app/index.html", "<p>hello</p>", mode: 0x1A4);
        _image.Runtime["start"]!["static_root"] = "/nua/app";
        _image.Runtime["health"] = JsonNode.Parse("""{"http":"/","timeout":5}""");
        using var running = _image.Start("init");
        AwaitPort();

        using var client = new HttpClient();
        Assert.Equal("<p>hello</p>", await client.GetStringAsync(new Uri($"http://127.0.0.1:{_image.Port}/")));
        var health = _image.Run("/nua/scripts/healthcheck", "ready");
        Assert.Equal((0, "/: HTTP 200\n"), (health.Code, health.Output));
        Assert.InRange(running.ResidentKilobytes, 500, 12 * 1024);

        running.Signal(_terminate);
        Assert.Equal(0, running.Wait().Code);
    }

    [Theory]
    [InlineData("echo fine", 0, "fine\n")]
    [InlineData("echo broken >&2; exit 69", 1, "broken\n")]
    [InlineData("exit 2", 1, "the command ended with 2\n")]
    [InlineData("echo key=hush-hush; exit 1", 1, "key=***\n")]
    [InlineData("sleep 30", 1, "the command was not done in time\n")]
    [InlineData("yes x | head -c 300000; exit 0", 0, "x\n")]
    public void Health_command_gives_0_or_1_and_one_line(string command, int code, string line)
    {
        _image.Variables["SECRET_KEY"] = "hush-hush";
        _image.Runtime["secrets"] = JsonNode.Parse("""[{"name":"SECRET_KEY"}]""");
        _image.Runtime["health"] = new JsonObject { ["command"] = command, ["timeout"] = 1 };

        var result = _image.Run("/nua/scripts/healthcheck", "live");

        Assert.Equal((code, line), (result.Code, result.Output));
    }

    [Fact]
    public void Health_of_a_port_nobody_listens_on_is_1_within_its_time()
    {
        var result = _image.Run("/nua/scripts/healthcheck");

        Assert.Equal(1, result.Code);
        Assert.Contains("Connection refused", result.Output, StringComparison.Ordinal);
        Assert.True(result.Output.Length <= 200);
    }

    [Fact]
    public void Steps_run_in_order_stop_at_the_first_failure_and_leave_no_process()
    {
        _image.Write("/tmp/steps.json", """
            {"steps":[{"title":"one","argv":["sh","-c","echo $A $B; (sleep 60 &) ; cat"],"workdir":"/tmp","env":{"B":"2"}},
                      {"title":"two","argv":["sh","-c","printf open; exit 3"]},{"title":"never","argv":["true"]}],"env":{"A":"1"}}
            """);

        var result = _image.Run("/nua/bin/nua-agent", "steps", "/tmp/steps.json");

        Assert.Equal(3, result.Code);
        Assert.Equal("\u001eSTEP 1 one\n1 2\n\n\u001eDONE 1 0\n\u001eSTEP 2 two\nopen\n\u001eDONE 2 3\n",
            result.Output);
    }

    [Fact]
    public void Backup_killed_at_any_moment_is_no_backup_and_the_next_run_is_complete()
    {
        for (var i = 0; i < 60; i++)
        {
            _image.Write($"/nua/data/files/{i}", new string('x', 20_000));
        }

        _image.Write("/nua/data/.nua/data-version", "0\n");
        for (var wait = 0; wait < 12; wait++)
        {
            using var running = _image.Start("init", "backup");
            var pid = running.Pid;
            Thread.Sleep(wait);
            _ = Nua.Foundation.Linux.Libc.Kill(pid, 9);
            running.Wait();
        }

        var result = _image.Run("init", "backup");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(["manifest.json", "volumes"],
            Directory.GetFileSystemEntries(_image.At("/nua/backup")).Select(Path.GetFileName).Order());
        Directory.Delete(_image.At("/nua/data"), recursive: true);
        Directory.CreateDirectory(_image.At("/nua/data"));
        Assert.Equal(0, _image.Run("init", "restore").Code);
        Assert.Equal(60, Directory.GetFiles(_image.Data("files")).Length);
    }

    private void StartLine(string line) => _image.Runtime["start"]!["shell"] = new JsonArray(line);

    private void StartProgram(params string[] argv) =>
        _image.Runtime["start"]!["argv"] = new JsonArray([.. argv.Select(argument => (JsonNode)argument)]);

    private void AwaitReady() => Await(() => File.Exists(_image.Data("ready")));

    private void AwaitPort() => Await(() =>
    {
        try
        {
            using var client = new System.Net.Sockets.TcpClient("127.0.0.1", _image.Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    });

    private static void Await(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            Thread.Sleep(10);
        }

        Assert.True(condition());
    }
}
