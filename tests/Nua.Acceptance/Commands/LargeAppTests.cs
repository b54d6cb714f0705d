using System.Globalization;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>What a build holds in memory does not grow with the application.</summary>
public sealed class LargeAppTests(ExampleImages images)
{
    private const long Bound = 300 << 10;

    /// <summary>Of nua and all its processes together, looked at every 20 ms.</summary>
    [Fact]
    public async Task Application_of_two_gigabytes_is_built_in_less_than_300_megabytes()
    {
        await images.BuildAsync("site");
        using var folder = new TemporaryFolder();
        folder.Write("app/start.sh", "#!/bin/sh\nexec sleep 1000\n");
        await Shell.ScriptAsync($"chmod +x {folder["app/start.sh"]}; truncate -s 2G {folder["app/large"]}; for n in $(seq 3000); do echo $n > {folder["app"]}/$n; done");
        using var build = images.Nua.Shell.With("build", folder["app"], "-t", "large:test").Start();
        long most = 0;
        while (!build.HasEnded)
        {
            var sum = 0L;
            foreach (var process in Family(build.Id))
            {
                sum += Resident(process);
            }

            most = Math.Max(most, sum);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        (await build.EndAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken)).Expect(0);
        Assert.InRange(most, 1 << 10, Bound);
        (await images.Nua.RunAsync("rm", "large:test")).Expect(0);
    }

    private static IEnumerable<int> Family(int process) =>
        Threads(process).SelectMany(thread => Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .SelectMany(child => Family(int.Parse(child, CultureInfo.InvariantCulture))).Prepend(process);

    private static string[] Threads(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>KiB; 0 for a process that is gone.</summary>
    private static long Resident(int process)
    {
        var line = Read($"/proc/{process}/status").Split('\n').FirstOrDefault(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
