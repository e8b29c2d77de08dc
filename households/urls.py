# Pages follow.
app_name = "households"
urlpatterns: list = []
