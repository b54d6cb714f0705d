using Nua.Agent.Health;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Agent;

/// <summary>Health without a port, from what <c>/proc</c> shows.</summary>
public sealed class ApplicationProcessTests : IDisposable
{
    private readonly TempDirectory _proc = new();

    public void Dispose() => _proc.Dispose();

    /// <summary>State and parent of process 20, and whether that is the application.</summary>
    [Theory]
    [InlineData("S", 1, true)]
    [InlineData("R", 1, true)]
    [InlineData("Z", 1, false)]
    [InlineData("S", 7, false)]
    public void Application_is_a_living_child_of_the_agent(string state, int parent, bool isThere)
    {
        Process(1, "(nua-agent)", "S", 0, "/nua/bin/nua-agent\0init\0");
        Process(20, "(odd) name)", state, parent, "app\0");
        Assert.Equal(isThere, ApplicationProcess.IsThere(_proc.Path));
    }

    [Fact]
    public void Check_that_the_agent_started_is_not_the_application()
    {
        Process(1, "(nua-agent)", "S", 0, "/nua/bin/nua-agent\0init\0healthcheck\0");
        Process(30, "(healthcheck)", "S", 1, "/nua/scripts/healthcheck\0");
        Process(Environment.ProcessId, "(nua-agent)", "R", 30, "/nua/bin/nua-agent\0healthcheck\0");
        Assert.False(ApplicationProcess.IsThere(_proc.Path));
    }

    [Fact]
    public void Application_may_be_the_first_process_itself()
    {
        Process(1, "(python3)", "S", 0, "python3\0bot.py\0");
        Process(Environment.ProcessId, "(nua-agent)", "R", 0, "/nua/bin/nua-agent\0healthcheck\0");
        Assert.True(ApplicationProcess.IsThere(_proc.Path));
    }

    private void Process(int id, string name, string state, int parent, string command)
    {
        _proc.Write($"{id}/stat", $"{id} {name} {state} {parent} 1 1 0 -1");
        _proc.Write($"{id}/cmdline", command);
    }
}
