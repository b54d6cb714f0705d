using System.Text.Json.Nodes;
using Nua.Agent;
using Nua.Agent.Data;

namespace Nua.Tests.Agent;

public sealed class VerbTests : IDisposable
{
    private readonly AgentImage _image = new();

    public void Dispose() => _image.Dispose();

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("start", "now")]
    [InlineData("backup", "all")]
    [InlineData("healthcheck", "sometimes")]
    [InlineData("upgrade", "plan", "more")]
    public void Unknown_verb_or_argument_exits_64_and_changes_nothing(params string[] words)
    {
        _image.SaveConfig();
        var before = Tree();

        Assert.Equal(ExitCode.Usage, _image.Do(words[0], words[1..]));
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void Start_without_a_required_setting_or_secret_exits_78_and_names_it()
    {
        _image.Runtime["required_settings"] = new JsonArray("SITE_NAME");
        _image.Runtime["secrets"] = JsonNode.Parse("""[{"name":"SECRET_KEY","as_variable":false}]""");

        Assert.Equal(ExitCode.Setting, _image.Do("start"));
        Assert.Contains("SITE_NAME", _image.LastProblem!.Message, StringComparison.Ordinal);
        Assert.Contains("/run/secrets/SECRET_KEY", _image.LastProblem.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_image.Data(".nua")));
    }

    [Fact]
    public void Secret_with_another_value_than_the_data_was_made_with_exits_78()
    {
        _image.Runtime["secrets"] = JsonNode.Parse("""[{"name":"SECRET_KEY","as_variable":false,"protects_data":true}]""");
        _image.Runtime["data_version"] = 7;
        _image.Variables["SECRET_KEY"] = "the first";
        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.DoesNotContain("the first", File.ReadAllText(_image.Data(".nua/secrets")), StringComparison.Ordinal);

        _image.Variables["SECRET_KEY"] = "another";
        _image.Runtime["data_version"] = 8;
        _image.Runtime["upgrade"] = JsonNode.Parse("""{"command":"touch /nua/data/ran"}""");
        foreach (var verb in (string[])["start", "upgrade"])
        {
            _image.Runtime["data_version"] = verb == "start" ? 7 : 8;
            Assert.Equal(ExitCode.Setting, _image.Do(verb));
            Assert.Contains("NUA6014", _image.LastProblem!.Message, StringComparison.Ordinal);
        }

        Assert.Equal("7", File.ReadAllText(_image.Data(".nua/data-version")).Trim());
        Assert.False(File.Exists(_image.Data("ran")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("web")]
    [InlineData("65536")]
    public void Start_with_an_impossible_port_exits_78(string port)
    {
        _image.Variables["PORT"] = port;

        Assert.Equal(ExitCode.Setting, _image.Do("start"));
    }

    [Theory]
    [InlineData("8", 7, "newer")]
    [InlineData("6", 7, "'upgrade'")]
    [InlineData("3", 7, "from 4")]
    [InlineData("seven", 7, "not a number")]
    public void Start_on_data_of_another_version_exits_65_and_touches_nothing(string recorded, int wanted, string says)
    {
        _image.Runtime["data_version"] = wanted;
        _image.Runtime["upgrade_from"] = 4;
        Record(recorded);
        _image.SaveConfig();
        var before = Tree();

        Assert.Equal(ExitCode.Data, _image.Do("start"));
        Assert.Contains(says, _image.LastProblem!.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void Start_on_the_data_of_another_application_exits_65()
    {
        Record("0");
        _image.Write("/nua/data/.nua/app-id", "wiki\n");

        Assert.Equal(ExitCode.Data, _image.Do("start"));
        Assert.Contains("'wiki'", _image.LastProblem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_on_empty_data_where_data_was_expected_exits_65()
    {
        _image.Variables["NUA_DATA_EXPECTED"] = "existing";

        Assert.Equal(ExitCode.Data, _image.Do("start"));
        Assert.Equal(ExitCode.Data, _image.Do("upgrade"));
        Assert.Null(_image.DataVersion);
    }

    [Fact]
    public void Start_on_data_that_is_not_installed_exits_65_when_the_image_keeps_versions()
    {
        _image.Runtime["data_version"] = 1;

        Assert.Equal(ExitCode.Data, _image.Do("start"));
        Assert.Contains("upgrade", _image.LastProblem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_while_somebody_holds_the_data_exits_75()
    {
        Record("0");
        using var held = DataLock.Take(new DataFolder(_image.At("/nua/data")), shared: false);

        Assert.Equal(ExitCode.Temporary, _image.Do("start"));
    }

    [Fact]
    public void Upgrade_of_empty_data_records_the_version_and_the_application()
    {
        _image.Runtime["data_version"] = 7;

        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.Equal("7", _image.DataVersion);
        Assert.Equal("notes\n", File.ReadAllText(_image.Data(".nua/app-id")));
    }

    [Fact]
    public void Upgrade_of_current_data_does_not_write()
    {
        Record("7");
        _image.Runtime["data_version"] = 7;
        _image.SaveConfig();
        var before = Tree();

        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void Upgrade_that_needs_a_step_without_a_command_exits_65()
    {
        Record("6");
        _image.Runtime["data_version"] = 7;

        Assert.Equal(ExitCode.Data, _image.Do("upgrade"));
        Assert.Equal("6", _image.DataVersion);
    }

    [Fact]
    public void Upgrade_command_gets_both_versions_and_the_number_is_written_after_it()
    {
        Record("5");
        _image.Runtime["data_version"] = 7;
        _image.Command("upgrade",
            $"cat {_image.Data(".nua/data-version")} > {_image.Data("seen")}; echo $NUA_FROM_DATA_VERSION-$NUA_TO_DATA_VERSION >> {_image.Data("seen")}");

        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.Equal("5\n5-7\n", File.ReadAllText(_image.Data("seen")));
        Assert.Equal("7", _image.DataVersion);
    }

    [Fact]
    public void Upgrade_that_was_cut_off_goes_on_and_ends_the_same()
    {
        _image.Runtime["data_version"] = 2;
        _image.Variables["NUA_FROM_DATA_VERSION"] = "0";
        _image.Command("upgrade", $"echo x >> {_image.Data("rows")}; test $(wc -l < {_image.Data("rows")}) -ge 2");

        Assert.Equal(1, _image.Do("upgrade"));
        Assert.Null(_image.DataVersion);
        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.Equal("2", _image.DataVersion);
        Assert.Equal(["app-id", "data-version", "lock"],
            Directory.GetFiles(_image.Data(".nua")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Upgrade_whose_command_records_steps_itself_is_resumed_from_there()
    {
        Record("4");
        _image.Runtime["data_version"] = 6;
        _image.Variables["NUA_FROM_DATA_VERSION"] = "4";
        _image.Command("upgrade",
            $"echo $NUA_FROM_DATA_VERSION >> {_image.Data("from")}; echo 5 > {_image.Data(".nua/data-version")}; test $NUA_FROM_DATA_VERSION = 5");

        Assert.Equal(1, _image.Do("upgrade"));
        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.Equal("4\n5\n", File.ReadAllText(_image.Data("from")));
        Assert.Equal("6", _image.DataVersion);
    }

    [Fact]
    public void Upgrade_refuses_data_that_is_not_what_the_operator_believes()
    {
        Record("5");
        _image.Runtime["data_version"] = 7;
        _image.Variables["NUA_FROM_DATA_VERSION"] = "6";
        _image.Command("upgrade", "true");

        Assert.Equal(ExitCode.Data, _image.Do("upgrade"));
    }

    [Fact]
    public void Upgrade_refuses_to_jump_over_a_waypoint()
    {
        Record("4");
        _image.Runtime["data_version"] = 7;
        _image.Config["lifecycle"] = JsonNode.Parse("""{"waypoints":[5]}""");
        _image.Command("upgrade", "true");

        Assert.Equal(ExitCode.Data, _image.Do("upgrade"));
        Record("5");
        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
    }

    [Fact]
    public void Files_without_a_record_are_adopted_only_where_it_is_known_what_they_are()
    {
        _image.Write("/nua/data/old.db", "x");
        _image.Runtime["data_version"] = 3;
        Assert.Equal(ExitCode.Data, _image.Do("upgrade"));

        _image.Variables["NUA_FROM_DATA_VERSION"] = "3";
        Assert.Equal(ExitCode.Done, _image.Do("upgrade"));
        Assert.Equal("3", _image.DataVersion);
    }

    [Fact]
    public void Upgrade_plan_writes_the_result_and_changes_nothing()
    {
        Record("5");
        _image.Runtime["data_version"] = 7;
        _image.Command("upgrade", "false");
        _image.Variables["NUA_RESULT"] = _image.At("/tmp/result");

        Assert.Equal(ExitCode.Done, _image.Do("upgrade", "plan"));
        Assert.Equal("""{"from":5,"to":7,"steps":2,"reversible":false}""", File.ReadAllText(_image.At("/tmp/result")));
        Assert.Equal("5", _image.DataVersion);
    }

    [Fact]
    public void Upgrade_that_takes_longer_than_its_limit_exits_124()
    {
        _image.Variables["NUA_TIMEOUT"] = "1";
        _image.Command("upgrade", "sleep 30");

        Assert.Equal(ExitCode.TimedOut, _image.Do("upgrade"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(69)]
    [InlineData(75)]
    public void Exit_code_of_a_command_is_the_verbs(int code)
    {
        _image.Command("upgrade", $"exit {code}");
        _image.Variables["NUA_RESULT"] = _image.At("/tmp/result");

        Assert.Equal(code, _image.Do("upgrade"));
        Assert.Contains($"ended with {code}", File.ReadAllText(_image.At("/tmp/result")), StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_and_rollback_without_a_command_exit_3()
    {
        Record("0");

        Assert.Equal(ExitCode.NotSupported, _image.Do("restart"));
        Assert.Equal(ExitCode.NotSupported, _image.Do("rollback"));
    }

    [Fact]
    public void Rollback_lowers_the_version_and_the_second_time_does_nothing()
    {
        Record("7");
        _image.Runtime["data_version"] = 7;
        _image.Command("rollback", $"echo x >> {_image.Data("runs")}");
        _image.Runtime["rollback"]!["to"] = 6;
        _image.Variables["NUA_TO_DATA_VERSION"] = "6";

        Assert.Equal(ExitCode.Done, _image.Do("rollback"));
        Assert.Equal(ExitCode.Done, _image.Do("rollback"));
        Assert.Equal("6", _image.DataVersion);
        Assert.Equal("x\n", File.ReadAllText(_image.Data("runs")));

        _image.Variables["NUA_TO_DATA_VERSION"] = "5";
        Assert.Equal(ExitCode.NotSupported, _image.Do("rollback"));
    }

    [Fact]
    public void Damaged_configuration_exits_78_and_names_the_key()
    {
        _image.Runtime["start"]!["argv"] = 5;

        Assert.Equal(ExitCode.Setting, _image.Do("start"));
        Assert.Contains("runtime.start.argv", _image.LastProblem!.Message, StringComparison.Ordinal);
    }

    private void Record(string version)
    {
        _image.Write("/nua/data/.nua/data-version", version + "\n");
        _image.Write("/nua/data/.nua/app-id", "notes\n");
        Directory.CreateDirectory(_image.Data("home"));
    }

    private List<string> Tree() =>
        [.. Directory.GetFiles(_image.At("/nua"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks} {File.ReadAllText(file)}")];
}
