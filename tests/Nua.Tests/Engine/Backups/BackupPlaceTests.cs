using Nua.Engine.Backups;
using Nua.Engine.Backups.BackupPlaces;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Testing;

namespace Nua.Tests.Engine.Backups;

public sealed class BackupPlaceTests : IDisposable
{
    private const string Id = "7693b982a55b799f52b1d853738e0344f4d875ea5a77f7fc293e7db489cfb2ec";
    private static readonly DateTimeOffset _noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("restic:/srv/repository", "/srv/repository", null)]
    [InlineData("restic:/srv/repository:latest", "/srv/repository", null)]
    [InlineData("restic:/srv/repository:7693b982", "/srv/repository", "7693b982")]
    [InlineData("restic:s3:https://s3.example.org/bucket:" + Id, "s3:https://s3.example.org/bucket", Id)]
    [InlineData("restic:sftp:me@backups.example:/srv", "sftp:me@backups.example:/srv", null)]
    [InlineData("restic:rest:http://backups.example:8000/", "rest:http://backups.example:8000/", null)]
    [InlineData("restic:b2:bucket:notes", "b2:bucket:notes", null)]
    [InlineData("restic::7693b982", "", "7693b982")]
    [InlineData("restic:", "", null)]
    public void Place_in_a_repository_may_end_in_a_snapshot(string text, string repository, string? snapshot)
    {
        var place = Assert.IsType<ResticPlace>(BackupPlace.Parse(text));
        Assert.Equal((repository, snapshot), (place.Repository, place.Snapshot));
        Assert.Equal(place, BackupPlace.Parse(place.Text));
    }

    [Theory]
    [InlineData("rclone:store:bucket/notes", "rclone:store:bucket/notes/notes-0007-20261123T120000Z.tar.zst")]
    [InlineData("rclone:store:bucket/notes/", "rclone:store:bucket/notes/notes-0007-20261123T120000Z.tar.zst")]
    [InlineData("rclone:store:", "rclone:store:notes-0007-20261123T120000Z.tar.zst")]
    [InlineData("rclone::local:/srv", "rclone::local:/srv/notes-0007-20261123T120000Z.tar.zst")]
    [InlineData("restic:s3:https://s3.example.org/bucket", "restic:s3:https://s3.example.org/bucket")]
    [InlineData("/tmp/", "/tmp/notes-0007-20261123T120000Z.tar.zst")]
    public void New_backup_gets_a_name_of_its_own(string output, string place) =>
        Assert.Equal(place, new BackupOrder { Output = output }.PlaceFor(new InstanceFolder(_home.Path, InstanceName.Parse("notes")), 7, _noon).Text);

    [Theory]
    [InlineData("restic:rest:https://me:canary@backups.example/")]
    [InlineData("restic:rest:https://me:can@ary@backups.example:8000/x:7693b982")]
    [InlineData("rclone::s3,access_key_id=a,secret_access_key=canary:bucket")]
    [InlineData("rclone:store,pass=canary:bucket")]
    [InlineData("rclone:relative/path")]
    [InlineData("rclone:")]
    public void Place_that_holds_a_secret_or_none_at_all_is_refused_without_repeating_it(string text)
    {
        var failure = Assert.Throws<ProblemException>(() => BackupPlace.Parse(text));
        Assert.Equal(("NUA5145", 2), (failure.Problems[0].Code, failure.ExitCode));
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_is_the_one_with_the_highest_number_whatever_the_clock_said()
    {
        ResticSnapshot Made(string id, string instance, int sequence, int day) => new(id, $"/{instance}", instance, sequence, _noon.AddDays(day));
        var newest = ResticSnapshot.NewestOfEach([Made("a", "notes", 7, 0), Made("b", "notes", 8, -1), Made("c", "wiki", 1, 5), Made("d", "notes", 6, 9)]);
        Assert.Equal(["b", "c"], newest.Select(found => found.Id));
    }

    [Fact]
    public void Backup_made_when_the_clock_was_set_back_has_another_name()
    {
        var names = Enumerable.Range(1, 3).Select(number => new BackupOrder().PlaceFor(new InstanceFolder(_home.Path, InstanceName.Parse("notes")), number, _noon).Text).ToList();
        Assert.Equal(3, names.Distinct().Count());
        Assert.Equal(names, names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Snapshots_are_told_by_their_tags()
    {
        const string json = """
            [{"time":"2026-11-23T12:26:41.912422352Z","paths":["/notes.tar.zst"],"tags":["nua","nua-instance=notes","nua-sequence=7","nua-id=abc"],"id":"aa"},
             {"time":"2026-11-23T12:26:41+02:00","paths":["/home","/etc"],"id":"bb"},
             {"time":"2026-11-23T12:26:41+02:00","paths":["/stdin"],"tags":null,"id":"cc"}]
            """;
        var found = ResticSnapshot.ParseList(json)!;
        Assert.Equal([("aa", "/notes.tar.zst", "notes", 7), ("cc", "/stdin", "", 0)], found.Select(item => (item.Id, item.Path, item.Instance, item.Sequence)));
        Assert.Empty(ResticSnapshot.ParseList("null")!);
        foreach (var odd in (string[])["", "{}", "[1]", "[{}]", "[{\"paths\":[1],\"id\":\"a\",\"time\":\"x\"}]"])
        {
            Assert.Null(ResticSnapshot.ParseList(odd));
        }

        Assert.Equal(5, ResticSnapshot.ParseSize("{\"time\":\"x\",\"paths\":[\"/a\"]}\n{\"path\":\"/a\",\"size\":5}\n", "/a"));
        Assert.Null(ResticSnapshot.ParseSize("{\"path\":\"/b\",\"size\":5}\nnonsense", "/a"));
    }
}
