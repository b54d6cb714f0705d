using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>Builds that run at the same time in one store do not disturb each other.</summary>
public sealed class ConcurrentBuildTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_builds_of_one_folder_give_one_image()
    {
        var app = new SmallApplications(_folder).Commands("build = [\"sleep 0.3; cp source.txt made\"]");
        var place = await images.BaseAsync();

        var outcomes = await Task.WhenAll(Nua.RunAsync("build", app, "--base", place), Nua.RunAsync("build", app, "--base", place));

        Assert.Equal(outcomes[0].Expect(0).Out, outcomes[1].Expect(0).Out);
        (await Nua.RunAsync("store", "verify")).Expect(0);
    }

    [Fact]
    public async Task Eight_builds_of_different_folders_all_succeed()
    {
        var made = new SmallApplications(_folder);
        var place = await images.BaseAsync();
        string[] apps =
        [
            .. Enumerable.Range(0, 4).Select(_ => made.Site()),
            .. Enumerable.Range(0, 4).Select(number => made.Commands($"build = [\"echo {number} > made\"]\ntest = [\"grep -qx {number} /nua/app/made\"]")),
        ];

        var outcomes = await Task.WhenAll(apps.Select(app => Nua.RunAsync("build", app, "--base", place)));

        Assert.Equal(8, outcomes.Select(outcome => outcome.Expect(0).Out).Distinct().Count());
        (await Nua.RunAsync("store", "verify")).Expect(0);
        foreach (var (app, outcome) in apps.Zip(outcomes))
        {
            var again = await Nua.JsonAsync("build", app, "--base", place);
            Assert.True(again.GetProperty("cached").GetBoolean());
            Assert.Equal(outcome.Out.Trim(), again.GetProperty("digest").GetString());
        }
    }
}
