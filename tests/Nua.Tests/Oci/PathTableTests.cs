using Nua.Oci.Paths;
using Xunit;

namespace Nua.Tests.Oci;

public sealed class PathTableTests
{
    [Fact]
    public void A_path_keeps_its_number_and_its_name()
    {
        var table = new PathTable(100_000, 10_000_000);
        var paths = Enumerable.Range(0, 50_000).Select(i => $"d{i % 300}/{new string('n', i % 50)}{i}").ToList();
        var numbers = paths.ConvertAll(path => table.Add(path));

        Assert.Equal(numbers, paths.ConvertAll(path => table.Find(path)));
        Assert.Equal(paths, numbers.ConvertAll(table.Path));
        Assert.Equal(50_301, table.Count);
        Assert.Equal(300, table.Children(PathTable.Root).Count());
        Assert.Equal(PathTable.None, table.Find("d1/nothing"));
        Assert.Equal("", table.Path(PathTable.Root));
        Assert.Equal(PathTable.Root, table.Add(""));
    }

    [Fact]
    public void A_full_table_takes_nothing_more_but_knows_what_it_has()
    {
        var table = new PathTable(3, 10);
        Assert.Equal(3, table.Add("a/b/c"));
        Assert.Equal(PathTable.None, table.Add("d"));
        Assert.Equal(3, table.Add("a/b/c"));

        var few = new PathTable(100, 10);
        Assert.NotEqual(PathTable.None, few.Add("123456789"));
        Assert.Equal(PathTable.None, few.Add("12"));
        Assert.Null(few.Keep("xy"));
    }
}
